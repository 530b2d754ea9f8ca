import { describe, expect, it } from 'vitest';
import { toGraphviz } from '@fabro/workflow';
import { graphOf } from './graph-of.js';

describe('the graph for Graphviz', () => {
  it('quotes every key and value, and keeps shapes, labels, styles and subgraphs', () => {
    const graph = graphOf(`
      rankdir=LR; label="Demo"
      start [shape=Mdiamond]
      subgraph s { label="Loop"; work [label="Do it", model=claude-sonnet-4-5, color=red] }
      start -> work -> exit
      work -> work [condition="outcome=failed && x>1"]`);
    expect(toGraphviz(graph)).toBe(
      [
        'digraph "T" {',
        '  graph ["rankdir"="LR", "fontname"="Helvetica,Arial,sans-serif", "label"="Demo"];',
        '  node ["fontname"="Helvetica,Arial,sans-serif", "margin"="0.15,0.08"];',
        '  edge ["fontname"="Helvetica,Arial,sans-serif"];',
        '  subgraph "cluster_0" {',
        '    graph ["label"="Loop"];',
        '    "work" ["label"="Do it", "shape"="box", "color"="red"];',
        '  }',
        '  "start" ["label"="start", "shape"="Mdiamond"];',
        '  "exit" ["label"="exit", "shape"="Msquare"];',
        '  "start" -> "work" [];',
        '  "work" -> "exit" [];',
        '  "work" -> "work" ["label"="outcome=failed &amp;&amp; x&gt;1"];',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('takes a direction', () => {
    expect(toGraphviz(graphOf('rankdir=LR; a'), { direction: 'TB' })).toContain('"rankdir"="TB"');
    expect(toGraphviz(graphOf('rankdir="x\\\\"; a'))).toContain('"rankdir"="TB"');
  });

  it('draws text literally and cuts it', () => {
    const label = (text: string) =>
      /"label"="(.*)", "shape"/.exec(toGraphviz(graphOf(`a [label="${text}"]`)))?.[1];
    expect(label('<b>\\\\N & \\"x\\"\ny')).toBe('&lt;b&gt;\\\\N &amp; \\"x\\"\\ny');
    expect(label('end\\\\')).toBe('end\\\\');
    expect(label('x'.repeat(300))).toBe(`${'x'.repeat(199)}…`);
  });

  it('writes nothing that reads files, links or lays out by label', () => {
    const text = toGraphviz(
      graphOf(
        'a [shape=record, image="/etc/passwd", URL="javascript:x", style="a\\"b", shapefile=x]',
      ),
    );
    expect(text).toContain('"a" ["label"="a", "shape"="box"];');
    expect(text).not.toMatch(/passwd|javascript|shapefile/);
  });
});
