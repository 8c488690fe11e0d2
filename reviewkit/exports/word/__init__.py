"""A report as a Word document: the page's sections walked into WordprocessingML."""
