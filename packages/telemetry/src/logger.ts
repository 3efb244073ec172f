import { type Logger as PinoLogger, pino } from 'pino';

/** ERROR: someone should wake up (none in health). WARN: look today. Structured, with request and viewer ids, never bodies or tokens. */
export type Logger = PinoLogger;

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** JSON lines on standard error, so that standard output stays for people. */
export function createLogger(level: LogLevel, name: string): Logger {
  return pino({ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: false }));
}
