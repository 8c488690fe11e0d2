"""Records of a question: searches, imports, identity and retractions."""
