"""How triage reads a text: words it knows (lexicon), what it has learnt (features, head), whom it names (personal)."""

from huiyin.resolve.triage.rules.lexicon import THRESHOLD, Lexicon, Suggestion, classify, hits, lexicon

__all__ = ["THRESHOLD", "Lexicon", "Suggestion", "classify", "hits", "lexicon"]
