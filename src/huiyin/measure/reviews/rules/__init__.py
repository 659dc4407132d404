"""Who is drawn, how far reviewers agree, how sure a figure is. Pure."""
