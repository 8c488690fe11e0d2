"""Publishing a report: how it is cited, what its page carries, its deposit, and whether it still holds."""
