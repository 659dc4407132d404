"""What a rectification may do next, whether its effect is shown, and which alerts open one."""
