"""Writes references.json: figures of the statistics room as SciPy gives them. Run: python3 references.py > references.json"""

import json

import numpy as np
from scipy import stats

SAMPLES = [
    [0.8, -0.3, 1.1, 0.4, 0.9],
    [2.1, 1.7, 2.6, 1.9, 2.2, 2.4, 1.5],
    [-4.0, -1.2, -6.8, -3.1],
    [0.1, -0.2, 0.05, 0.3, -0.1, 0.0, 0.2, -0.15, 0.1, 0.07],
    [9.0, 0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9, 1.0, 0.35],
    [1.0, 3.0],
]


def power(effect, n, alpha):
    critical = stats.t.ppf(1 - alpha / 2, n - 1)
    shift = effect * np.sqrt(n)
    return stats.nct.sf(critical, n - 1, shift) + stats.nct.cdf(-critical, n - 1, shift)


def seeds(difference, sd, level=0.05):
    n = 2
    while power(difference / sd, n, level) < 0.8:
        n += 1
    return n


def paired(sample):
    x = np.array(sample)
    n, error = len(x), stats.sem(x)
    low, high = stats.t.interval(0.95, n - 1, x.mean(), error)
    low90, high90 = stats.t.interval(0.90, n - 1, x.mean(), error)
    bootstrap = stats.bootstrap((x,), np.mean, n_resamples=400_000, method="BCa", rng=np.random.default_rng(1))
    return {
        "differences": sample,
        "mean": x.mean(),
        "sd": x.std(ddof=1),
        "low": low,
        "high": high,
        "p": stats.ttest_1samp(x, 0).pvalue,
        "interval90": [low90, high90],
        "equivalence": [
            {
                "bound": bound,
                "p": max(
                    stats.ttest_1samp(x, -bound, alternative="greater").pvalue,
                    stats.ttest_1samp(x, bound, alternative="less").pvalue,
                ),
            }
            for bound in (0.5, 1, 3)
        ],
        "bca": [bootstrap.confidence_interval.low, bootstrap.confidence_interval.high],
    }


print(
    json.dumps(
        {
            "source": "SciPy " + __import__("scipy").__version__,
            "normal": [[z, stats.norm.cdf(z)] for z in (-6, -3.1, -1, -0.2, 0, 0.7, 1.959963984540054, 4.5)],
            "studentTail": [[t, df, stats.t.sf(t, df)] for t, df in ((0, 3), (0.4, 1), (2, 4), (-1.3, 7), (5, 9), (3, 60))],
            "paired": [paired(sample) for sample in SAMPLES],
            "power": [
                [effect, n, alpha, power(effect, n, alpha)]
                for effect, n, alpha in (
                    (0.0, 5, 0.05), (0.5, 2, 0.05), (1.0, 2, 0.05), (1.43, 6, 0.05), (0.8, 15, 0.05),
                    (0.2, 200, 0.05), (2.0, 5, 0.025), (1.5, 7, 0.01), (3.0, 4, 0.05), (0.1, 800, 0.05),
                )
            ],
            "seeds": [
                [difference, sd, level, seeds(difference, sd, level)]
                for difference, sd, level in (
                    (1, 0.7, 0.05), (2, 0.7, 0.05), (1, 0.9, 0.05), (2, 0.9, 0.05), (1, 1.3, 0.05), (2, 1.3, 0.05),
                    (1, 2.5, 0.05), (2, 2.5, 0.05), (1, 1.5, 0.05), (1, 1.8, 0.05), (1, 9.5, 0.05), (2, 9.5, 0.05),
                    (1, 4.1, 0.05), (1, 0.7, 0.025),
                )
            ],
        },
        indent=1,
    )
)
