"""What a case may do and when: words, steps, limits, routing. Pure."""
