"""What several transcript formats read alike: text, times, cues, speakers, the language."""
