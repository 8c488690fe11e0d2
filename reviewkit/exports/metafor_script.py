"""The R script beside the tables: the same for every review, so that no word of a review stands in code."""

SCRIPT = """\
# Pools every analysis of this review again with metafor; reviewkit's figures stand beside metafor's.
# Run it in this folder: Rscript analysis.R
# It ends with status 1 where a figure differs by more than 1e-6.
suppressPackageStartupMessages(library(metafor))
text <- c(outcome = "character", analysis = "character")
effects <- read.csv("effects.csv", colClasses = text, encoding = "UTF-8")
plan <- read.csv("plan.csv", colClasses = text, encoding = "UTF-8")
figures <- c("estimate", "ci_low", "ci_high", "tau2")

# Effects by escalc() where the two groups stand in the table, as reviewkit worked them out where they do not:
# exact Hedges' correction with the large-sample variance; 0.5 added in studies with a zero cell alone.
worked_out <- function(data, measure) {
  binary <- measure %in% c("RR", "OR", "RD")
  whole <- complete.cases(if (binary) data[c("ai", "bi", "ci", "di")] else data[c("m1i", "sd1i", "n1i", "m2i",
                                                                                "sd2i", "n2i")])
  if (!any(whole)) return(data)
  groups <- data[whole, ]
  made <- if (binary) {
    escalc(measure, ai = groups$ai, bi = groups$bi, ci = groups$ci, di = groups$di, add = 1 / 2, to = "only0")
  } else {
    escalc(measure, m1i = groups$m1i, sd1i = groups$sd1i, n1i = groups$n1i, m2i = groups$m2i, sd2i = groups$sd2i,
           n2i = groups$n2i, vtype = "LS")
  }
  data$yi[whole] <- as.numeric(made$yi)
  data$vi[whole] <- as.numeric(made$vi)
  data
}

pooled <- function(data, asked) {
  if (asked$pool == "mh")
    return(rma.mh(data$ai, data$bi, data$ci, data$di, measure = asked$measure, level = asked$level))
  if (asked$pool == "peto")
    return(rma.peto(data$ai, data$bi, data$ci, data$di, level = asked$level))
  data <- worked_out(data, asked$measure)
  exact <- if (asked$method %in% c("REML", "ML", "EB")) list(threshold = 1e-12, maxiter = 10000) else list()
  if (asked$method == "PM") exact <- list(tol = 1e-12, maxiter = 10000)
  rma(data$yi, data$vi, method = asked$method, test = asked$test, level = asked$level, control = exact)
}

again <- plan[c("outcome", "analysis", "k", figures)]
again[figures] <- again[figures] * NA_real_
for (i in seq_len(nrow(plan))) {
  asked <- plan[i, ]
  if (!asked$pool %in% c("iv", "mh", "peto")) next  # a count model: rma.glmm() has no such settings
  fit <- pooled(effects[effects$outcome == asked$outcome & effects$analysis == asked$analysis, ], asked)
  again$k[i] <- fit$k
  again[i, figures] <- c(as.numeric(fit$beta), fit$ci.lb, fit$ci.ub, if (asked$method == "EE") NA else fit$tau2)
}
write.csv(again, "metafor.csv", row.names = FALSE)

if (nrow(plan) == 0) cat("Nothing was pooled in this review.\\n")
different <- FALSE
for (i in seq_len(nrow(plan))) {
  ours <- unlist(plan[i, figures])
  theirs <- unlist(again[i, figures])
  if (is.na(theirs[1])) {
    cat(sprintf("%s, %s: not pooled again (%s)\\n", plan$outcome[i], plan$analysis[i], plan$pool[i]))
    next
  }
  same <- identical(is.na(ours), is.na(theirs)) && all(abs(ours - theirs) <= 1e-6 * pmax(1, abs(ours)), na.rm = TRUE)
  different <- different || !same
  cat(sprintf("%s, %s: reviewkit %.6f [%.6f, %.6f], tau2 %.6f; metafor %.6f [%.6f, %.6f], tau2 %.6f%s\\n",
              plan$outcome[i], plan$analysis[i], ours[1], ours[2], ours[3], ours[4],
              theirs[1], theirs[2], theirs[3], theirs[4], if (same) "" else " DIFFERENT"))
}
if (different) quit(status = 1)
"""
