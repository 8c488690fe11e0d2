"""Public claims and the audit of the references they lean on."""
