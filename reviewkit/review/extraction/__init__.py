"""Extraction of a question: tables, double reading, trust findings, harms and lineage."""
