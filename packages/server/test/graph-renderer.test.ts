import { afterAll, describe, expect, it } from 'vitest';
import type { Worker } from 'node:worker_threads';
import { createGraphRenderer } from '../src/index.js';
import { startLayoutWorker } from '../src/graph/start-worker.js';

const never = new AbortController().signal;
const renderer = createGraphRenderer();
afterAll(() => renderer.close());

/** A dense graph whose layout takes far longer than the tests wait. */
const slow = `digraph { ${Array.from({ length: 400 }, (_, i) =>
  Array.from({ length: 12 }, (_, k) => `n${i} -> n${(i * 7 + k * 31) % 400};`).join(' '),
).join(' ')} }`;

describe('the layout of a graph', () => {
  it('is SVG', async () => {
    const svg = await renderer.render('digraph { "a" -> "b" }', never);
    expect(svg).toContain('<svg');
    expect(svg).toContain('<title>a&#45;&gt;b</title>');
  });

  it('that Graphviz refuses is an error that says why, and the next one works', async () => {
    await expect(renderer.render('digraph {', never)).rejects.toMatchObject({
      code: 'invalid_workflow',
      message: expect.stringContaining('syntax error'),
    });
    expect(await renderer.render('digraph { c }', never)).toContain('<title>c</title>');
  });

  it('that takes too long is given up and its worker ended', async () => {
    const workers: Worker[] = [];
    const impatient = createGraphRenderer({
      timeoutMs: 50,
      start: () => {
        const worker = startLayoutWorker();
        workers.push(worker);
        return worker;
      },
    });
    await expect(impatient.render(slow, never)).rejects.toMatchObject({ code: 'unavailable' });
    expect(workers.map((worker) => worker.threadId)).toEqual([-1]);
    await impatient.close();
  });

  it('that nobody waits for any more does not hold up the next one', async () => {
    const gone = new AbortController();
    const abandoned = renderer.render(slow, gone.signal);
    const next = renderer.render('digraph { d }', never);
    gone.abort(new Error('client left'));
    await expect(abandoned).rejects.toThrow('client left');
    expect(await next).toContain('<title>d</title>');
  });

  it('is refused past 16 waiting ones', async () => {
    const busy = createGraphRenderer();
    const stop = new AbortController();
    const waiting = Array.from({ length: 16 }, (_, i) =>
      busy.render(`${slow}//${i}`, stop.signal).catch((error: unknown) => error),
    );
    await expect(busy.render('digraph { e }', never)).rejects.toMatchObject({
      code: 'unavailable',
    });
    stop.abort(new Error('enough'));
    await Promise.all(waiting);
    await busy.close();
  });

  it('lets the worker end when nothing is left to do', async () => {
    let worker: Worker | undefined;
    const brief = createGraphRenderer({
      idleMs: 1,
      start: () => (worker = startLayoutWorker()),
    });
    const ended = new Promise((resolve) => {
      void brief.render('digraph { f }', never).then(() => worker?.once('exit', resolve));
    });
    await ended;
    expect(worker?.threadId).toBe(-1);
  });
});
