"""What is filled in: a rating, one question of a survey, and what staff enter to build and send one."""
