"""What `train_tagger.py` works with: pieces of music and their tags, their log-mel features, and the figures."""
