"""Reference numbers for LinearTrainer: one torch.nn.Linear per target group, AdamW, StepLR, early stopping with the
best epoch kept, in float32 and in float64 from the same first weights and minibatches.

    python linear_training.py ../training/data/linear_training.safetensors     (torch 2.11, safetensors, numpy)
"""
import json
import sys

import numpy as np
import torch
from safetensors.numpy import save_file

FEATURES, TRAIN, VALIDATION, BATCH, EPOCHS = 24, 75, 30, 16, 12  # the last minibatch has 11 pictures
GROUPS = {  # id: columns, learning rate, decay factor, every, weight decay, patience, min delta
    "a": (3, 3e-3, 0.5, 2, 1e-2, 0, 0.0),
    "b": (150, 1e-2, 0.75, 3, 0.1, 4, 0.0),
    "c": (1, 1e-1, 0.9, 1, 1e-2, 2, 0.0),
    "d": (40, 5e-2, 1.0, 10, 0.0, 3, 2e-2),
}


def study(rng):
    x = rng.normal(size=(TRAIN + VALIDATION, FEATURES)).astype(np.float32)
    ys = {}
    for name, (columns, *_) in GROUPS.items():
        w = rng.normal(size=(FEATURES, columns)) / np.sqrt(FEATURES)
        noise = rng.normal(size=(len(x), columns))
        ys[name] = (0.5 * (x @ w) + noise + rng.normal(size=columns)).astype(np.float32)
    return x, ys


def pearson(p, y):
    p, y = p.astype(np.float64), y.astype(np.float64)
    p, y = p - p.mean(0), y - y.mean(0)
    return ((p * y).sum(0) / np.sqrt((p * p).sum(0) * (y * y).sum(0))).astype(np.float32)


def train(name, x, y, weight, bias, orders, dtype):
    columns, rate, factor, every, decay, patience, min_delta = GROUPS[name]
    x, y = torch.tensor(x, dtype=dtype), torch.tensor(y, dtype=dtype)
    model = torch.nn.Linear(FEATURES, columns, dtype=dtype)
    with torch.no_grad():
        model.weight.copy_(torch.tensor(weight))
        model.bias.copy_(torch.tensor(bias))
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=decay)
    schedule = torch.optim.lr_scheduler.StepLR(optimiser, every, factor)
    loss_of = torch.nn.MSELoss()
    steps, validation, correlation = [], [], []
    best, best_counted, without, best_epoch, best_model = np.inf, np.inf, 0, 0, None
    after_three = None
    for epoch in range(EPOCHS):
        model.train()
        for first in range(0, TRAIN, BATCH):
            rows = orders[epoch][first:first + BATCH]
            optimiser.zero_grad()
            loss = loss_of(model(x[rows]), y[rows])
            loss.backward()
            optimiser.step()
            steps.append(loss.item())
            if len(steps) == 3:
                after_three = (model.weight.detach().numpy().copy(), model.bias.detach().numpy().copy())
        schedule.step()
        model.eval()
        with torch.no_grad():
            p = model(x[TRAIN:])
            v = loss_of(p, y[TRAIN:]).item()
        validation.append(v)
        correlation.append(pearson(p.numpy(), y[TRAIN:].numpy()))
        if v < best:
            best, best_epoch = v, epoch + 1
            best_model = (model.weight.detach().numpy().copy(), model.bias.detach().numpy().copy())
        if v < best_counted - min_delta:
            best_counted, without = v, 0
        else:
            without += 1
        if patience and without >= patience:
            break
    last = (model.weight.detach().numpy().copy(), model.bias.detach().numpy().copy())
    return dict(steps=steps, validation=validation, correlation=correlation, best_epoch=best_epoch,
                best=best_model, after_three=after_three, last=last, epochs=epoch + 1)


def main(path):
    rng = np.random.default_rng(7)
    torch.set_num_threads(1)
    x, ys = study(rng)
    orders = [rng.permutation(TRAIN) for _ in range(EPOCHS)]
    out = {"features": x, "orders": np.array(orders, np.int64)}
    settings = {}
    for name, (columns, rate, factor, every, decay, patience, min_delta) in GROUPS.items():
        bound = 1 / np.sqrt(FEATURES)
        weight = rng.uniform(-bound, bound, (columns, FEATURES)).astype(np.float32)
        bias = rng.uniform(-bound, bound, columns).astype(np.float32)
        out |= {f"{name}/responses": ys[name], f"{name}/weight": weight, f"{name}/bias": bias}
        for kind, dtype in (("f32", torch.float32), ("f64", torch.float64)):
            r = train(name, x, ys[name], weight, bias, orders, dtype)
            key = f"{name}/{kind}/"
            out |= {key + "steps": np.array(r["steps"]), key + "validation": np.array(r["validation"]),
                    key + "correlation": np.array(r["correlation"]),
                    key + "best_weight": r["best"][0], key + "best_bias": r["best"][1],
                    key + "last_weight": r["last"][0], key + "last_bias": r["last"][1]}
            print(name, kind, "epochs", r["epochs"], "best", r["best_epoch"])
        settings[name] = dict(columns=columns, learningRate=rate, decayFactor=factor, decayEvery=every,
                              weightDecay=decay, patience=patience, minDelta=min_delta,
                              best_epoch=r["best_epoch"], epochs=r["epochs"])
    meta = dict(train=TRAIN, validation=VALIDATION, batchSize=BATCH, maxEpochs=EPOCHS, groups=settings)
    save_file({k: np.ascontiguousarray(v) for k, v in out.items()}, path, {"plan": json.dumps(meta)})


main(sys.argv[1])
