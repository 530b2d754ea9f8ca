/** The syntax tree as `fabro parse` prints it (engine reference §1.2): no positions. */
import type { JsonObject, JsonValue } from '@fabro/protocol';
import type { Ast, AttributeSyntax, Statement, Value } from './ast.js';

/** `{name, statements}`; attributes are lists of `[key, {Str|Int|Float|Bool|Ident: value}]`. */
export function astToJson(ast: Ast): JsonObject {
  return { name: ast.name, statements: ast.statements.map(statementJson) };
}

function statementJson(statement: Statement): JsonObject {
  switch (statement.kind) {
    case 'GraphAttr':
    case 'NodeDefaults':
    case 'EdgeDefaults':
      return { [statement.kind]: statement.attributes.map(attributeJson) };
    case 'GraphAttrDecl':
      return { GraphAttrDecl: attributeJson(statement.attribute) };
    case 'Node':
      return { Node: { id: statement.id, attrs: statement.attributes.map(attributeJson) } };
    case 'Edge':
      return {
        Edge: {
          nodes: statement.nodes.map((node) => node.id),
          attrs: statement.attributes.map(attributeJson),
        },
      };
    case 'Subgraph':
      return {
        Subgraph: {
          name: statement.name ?? null,
          statements: statement.statements.map(statementJson),
        },
      };
    default:
      return statement satisfies never;
  }
}

function attributeJson(attribute: AttributeSyntax): JsonValue {
  return [attribute.key, valueJson(attribute.value)];
}

function valueJson(value: Value): JsonValue {
  return { [value.kind]: value.value };
}
