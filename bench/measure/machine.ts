import { cpus, release, totalmem, type } from 'node:os';

/** `2 × AMD EPYC, 23 GB, Linux 6.1, Node v20.20.0` */
export function machine(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}, Node ${process.version}`;
}
