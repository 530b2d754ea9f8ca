/** Prints a syntax tree as workflow text, for tests that parse it again. */
import type { Ast, AttributeSyntax, Statement, Value } from '@fabro/workflow';

export function printDot(ast: Ast): string {
  return `digraph ${ast.name} {\n${ast.statements.map(printStatement).join('\n')}\n}\n`;
}

function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'GraphAttr':
      return `graph ${printBlock(statement.attributes)};`;
    case 'NodeDefaults':
      return `node ${printBlock(statement.attributes)}`;
    case 'EdgeDefaults':
      return `edge ${printBlock(statement.attributes)};`;
    case 'GraphAttrDecl':
      return `${printAttribute(statement.attribute)};`;
    case 'Node':
      return `${statement.id} ${printBlock(statement.attributes)}`;
    case 'Edge':
      return `${statement.nodes.map((node) => node.id).join(' -> ')}${printBlock(statement.attributes)}`;
    case 'Subgraph':
      return `subgraph ${statement.name ?? ''} { // inner\n${statement.statements.map(printStatement).join('\n')}\n}`;
  }
}

function printBlock(attributes: readonly AttributeSyntax[]): string {
  return `[ ${attributes.map(printAttribute).join(' , ')} ]`;
}

function printAttribute(attribute: AttributeSyntax): string {
  return `${attribute.key} = ${printValue(attribute.value)}`;
}

function printValue(value: Value): string {
  switch (value.kind) {
    case 'Str':
      return `"${value.value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    case 'Int':
    case 'Float':
      return value.raw;
    case 'Bool':
    case 'Ident':
      return String(value.value);
  }
}
