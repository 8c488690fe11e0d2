# The pools of a reviewkit report, made again by metafor (Viechtbauer W. J Stat Softw 2010;36(3):1-48,
# doi:10.18637/jss.v036.i03), from the two tables beside this script:
#   studies.csv  one row a study: its two groups where the effect follows from them, else yi and vi
#   pools.csv    one row a pool: measure, model, estimator, interval, and what the report states
#
# Run:  Rscript pool.R [folder of the tables]
# Prints one line a pool, in CSV. Ends with status 1 where a figure differs from the report's by more than 1e-6.

suppressPackageStartupMessages(library(metafor))

folder <- commandArgs(trailingOnly = TRUE)
folder <- if (length(folder)) folder[1] else "."
studies <- read.csv(file.path(folder, "studies.csv"), stringsAsFactors = FALSE, na.strings = "", encoding = "UTF-8")
pools <- read.csv(file.path(folder, "pools.csv"), stringsAsFactors = FALSE, na.strings = "", encoding = "UTF-8")

tests <- c(normal = "z", t = "t", hk = "knha", "hk-adhoc" = "adhoc")
settings <- list(threshold = 1e-12, tol = 1e-12, maxiter = 10000)

# Effects of the studies: by escalc() where the two groups stand in the table, else as the report worked them out.
# Hedges' g with the exact correction and the large-sample variance; 0.5 added only in studies with a zero cell.
effects <- function(rows, measure) {
  binary <- measure %in% c("RR", "OR", "RD")
  raw <- if (binary) !is.na(rows$ai) & !is.na(rows$n1i) else !is.na(rows$m1i) & !is.na(rows$sd1i)
  if (any(raw)) {
    made <- if (binary)
      escalc(measure = measure, ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = rows[raw, ],
             add = 1 / 2, to = "only0", drop00 = FALSE)
    else
      escalc(measure = measure, m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i,
             data = rows[raw, ], vtype = "LS", append = FALSE)
    # Without as.numeric() the values carry escalc's class into the plain columns.
    rows$yi[raw] <- as.numeric(made$yi)
    rows$vi[raw] <- as.numeric(made$vi)
  }
  rows
}

pool <- function(rows, how) {
  level <- 100 * how$level
  if (how$method == "mh")
    return(rma.mh(measure = how$measure, ai = ai, bi = n1i - ai, ci = ci, di = n2i - ci, data = rows, level = level))
  if (how$method == "peto")
    return(rma.peto(ai = ai, bi = n1i - ai, ci = ci, di = n2i - ci, data = rows, level = level))
  rows <- effects(rows, how$measure)
  if (how$model == "common")
    return(rma(yi, vi, data = rows, method = "EE", level = level))
  estimator <- how$tau2_method
  rma(yi, vi, data = rows, method = estimator, test = tests[[how$ci_method]], level = level,
      control = if (estimator %in% c("REML", "ML", "EB")) settings[c("threshold", "maxiter")]
                else if (estimator == "PM") settings[c("tol", "maxiter")] else list())
}

far <- function(a, b) (is.na(a) != is.na(b)) || (!is.na(a) && abs(a - b) > 1e-6 * max(1, abs(b)))

wrong <- FALSE
cat("outcome,analysis,k,estimate,ci_low,ci_high,tau2,same_as_the_report\n")
for (place in seq_len(nrow(pools))) {
  how <- pools[place, ]
  if (!how$method %in% c("iv", "mh", "peto")) {
    cat(sprintf("%s,%s,,,,,,not made again: method %s\n", how$outcome, how$analysis, how$method))
    next
  }
  found <- pool(studies[studies$outcome == how$outcome & studies$analysis == how$analysis, ], how)
  tau2 <- if (how$model == "random") found$tau2 else NA
  figures <- c(as.numeric(found$beta), found$ci.lb, found$ci.ub, tau2)
  stated <- c(how$estimate, how$ci_low, how$ci_high, how$tau2)
  same <- !any(mapply(far, figures, stated))
  wrong <- wrong || !same
  cat(sprintf("%s,%s,%d,%.12g,%.12g,%.12g,%s,%s\n", how$outcome, how$analysis, found$k, figures[1], figures[2],
              figures[3], if (is.na(tau2)) "" else sprintf("%.12g", tau2), if (same) "yes" else "no"))
}
if (wrong) quit(status = 1)
