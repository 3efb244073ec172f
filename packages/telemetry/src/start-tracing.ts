import type { Logger } from './logger.js';
import { traceTo } from './tracing.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Traces this process where the environment says so, by OpenTelemetry's own names: OTEL_EXPORTER_OTLP_ENDPOINT is a collector's address, without it
 * nothing is loaded or made; OTEL_SERVICE_NAME another name than the given one; OTEL_TRACES_SAMPLER_ARG the share of requests, from 0 to 1.
 * @returns what sends the rest and ends it. @throws Error with one line that names the variable
 */
export async function startTracing(service: string, logger: Logger, environment: Environment): Promise<() => Promise<void>> {
  const endpoint = environment['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '';
  if (endpoint === '') return () => Promise.resolve();
  if (!/^https?:\/\/[^\s/]+/u.test(endpoint)) throw new Error('OTEL_EXPORTER_OTLP_ENDPOINT must be an address: http://127.0.0.1:4318');
  const share = Number(environment['OTEL_TRACES_SAMPLER_ARG'] || '1');
  if (!(share >= 0 && share <= 1)) throw new Error('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1');
  const { OtlpSink } = await import('./otlp.js');
  const sink = new OtlpSink({ endpoint, service: environment['OTEL_SERVICE_NAME'] || service, logger });
  traceTo(sink, share);
  return async () => {
    traceTo(null);
    await sink.stop();
  };
}
