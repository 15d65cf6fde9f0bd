/** The process's figures for Prometheus. Metrics are made where they are used, by name; asking twice gives the same one. */
import { Counter as PromCounter, Gauge as PromGauge, Histogram as PromHistogram, Registry } from 'prom-client';
import type { Metrics } from './contract.ts';

const millisecondBuckets = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const counters = new Map<string, PromCounter>();
  const gauges = new Map<string, PromGauge>();
  const histograms = new Map<string, PromHistogram>();
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    counter: (name, options) => {
      const counter = once(counters, name, () => new PromCounter({ name, help: options.help, labelNames: [...(options.labels ?? [])], registers: [registry] }));
      return { add: (count = 1, labels = {}) => counter.inc({ ...labels }, count) };
    },
    gauge: (name, options) => {
      const { read } = options;
      const gauge = once(gauges, name, () => new PromGauge({
        name, help: options.help, labelNames: [...(options.labels ?? [])], registers: [registry],
        ...(read === undefined ? {} : { collect(this: PromGauge) { this.set(read()); } }),
      }));
      return { set: (value, labels = {}) => gauge.set({ ...labels }, value) };
    },
    histogram: (name, options) => {
      const histogram = once(histograms, name, () => new PromHistogram({
        name, help: options.help, labelNames: [...(options.labels ?? [])], registers: [registry], buckets: [...(options.buckets ?? millisecondBuckets)],
      }));
      return { observe: (value, labels = {}) => histogram.observe({ ...labels }, value) };
    },
  };
}

function once<Metric>(known: Map<string, Metric>, name: string, make: () => Metric): Metric {
  const old = known.get(name);
  if (old !== undefined) return old;
  const made = make();
  known.set(name, made);
  return made;
}
