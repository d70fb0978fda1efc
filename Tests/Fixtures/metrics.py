"""Metrics by scikit-learn, SciPy and NLTK on small data: metrics.json.

    python-with-scikit-learn-and-nltk metrics.py
"""
import json
import os

import numpy as np
from nltk.translate.bleu_score import corpus_bleu
from scipy import stats
from sklearn import metrics as M

HERE = os.path.dirname(os.path.abspath(__file__))
RANDOM = np.random.default_rng(11)


def lcs_score(a, b, beta=1.0):
    table = np.zeros((len(a) + 1, len(b) + 1), int)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1, j + 1] = table[i, j] + 1 if x == y else max(table[i, j + 1], table[i + 1, j])
    common = table[-1, -1]
    if common == 0:
        return 0.0
    p, r = common / len(a), common / len(b)
    return (1 + beta**2) * p * r / (r + beta**2 * p)


def main():
    n, c = 60, 5
    scores = RANDOM.integers(-200, 200, (n, c)) / 64
    labels = RANDOM.integers(0, c, n)
    scores[np.arange(n), labels] += RANDOM.integers(0, 128, n) / 64
    probabilities = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    predicted = scores.argmax(1)
    binary_scores = RANDOM.integers(0, 32, n) / 32
    binary = (binary_scores + RANDOM.integers(-16, 17, n) / 32 > 0.5).astype(int)
    said = (binary_scores > 0.5).astype(int)
    x = RANDOM.integers(-128, 129, (n, 4)) / 64
    y = x * 0.5 + RANDOM.integers(-64, 65, (n, 4)) / 64
    candidates = [[int(w) for w in RANDOM.integers(0, 6, k)] for k in (9, 12, 7)]
    references = [[[int(w) for w in RANDOM.integers(0, 6, k)] for k in (10, 8)] for _ in candidates]
    for candidate, list_ in zip(candidates, references):
        list_[0][:6] = candidate[:6]
    values = {
        "accuracy": M.accuracy_score(labels, predicted), "top2": M.top_k_accuracy_score(labels, scores, k=2),
        "binaryAccuracy": M.accuracy_score(binary, said), "confusion": M.confusion_matrix(labels, predicted).tolist(),
        "precision": M.precision_score(binary, said), "recall": M.recall_score(binary, said), "f1": M.f1_score(binary, said),
        "f2": M.fbeta_score(binary, said, beta=2), "mcc": M.matthews_corrcoef(binary, said),
        "pcc": M.matthews_corrcoef(labels, predicted), "iou": M.jaccard_score(labels, predicted, average="macro"),
        "mae": M.mean_absolute_error(y, x), "mse": M.mean_squared_error(y, x), "rmse": float(np.sqrt(M.mean_squared_error(y, x))),
        "distance": float(np.mean(np.linalg.norm(x - y, axis=1))),
        "distance3": float(np.mean((np.abs(x - y) ** 3).sum(1) ** (1 / 3))),
        "cosine": float(np.mean((x * y).sum(1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1))),
        "crossEntropy": M.log_loss(labels, probabilities), "perplexity": float(np.exp(M.log_loss(labels, probabilities))),
        "pearson": float(stats.pearsonr(x.ravel(), y.ravel())[0]), "r2": M.r2_score(y.ravel(), x.ravel()),
        "auc": M.roc_auc_score(binary, binary_scores), "averagePrecision": M.average_precision_score(binary, binary_scores),
        "bleu": corpus_bleu(references, candidates), "rougeL": float(np.mean([max(lcs_score(a, b) for b in bs) for a, bs in zip(candidates, references)])),
    }
    for average in ("macro", "micro", "weighted"):
        values |= {f"precision {average}": M.precision_score(labels, predicted, average=average, zero_division=0),
                   f"recall {average}": M.recall_score(labels, predicted, average=average, zero_division=0),
                   f"f1 {average}": M.f1_score(labels, predicted, average=average, zero_division=0)}
    data = {"scores": scores.ravel().tolist(), "labels": labels.tolist(), "binaryScores": binary_scores.tolist(),
            "binary": binary.tolist(), "x": x.ravel().tolist(), "y": y.ravel().tolist(), "candidates": candidates,
            "references": references, "classes": c, "confusion": values.pop("confusion"),
            "values": {k: float(v) for k, v in values.items()}}
    with open(os.path.join(HERE, "metrics.json"), "w") as file:
        json.dump(data, file, separators=(",", ":"))
    print(len(values), "values")


if __name__ == "__main__":
    main()
