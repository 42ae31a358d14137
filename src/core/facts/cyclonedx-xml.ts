import type { Json, JsonObject } from '../encoding/json.ts';
import type { Collector } from './collector.ts';
import { readCycloneDx } from './cyclonedx.ts';
import { XmlReader } from './xml-reader.ts';

/** The namespace of a bill names the version of the format. */
const NAMESPACE = /^http:\/\/cyclonedx\.org\/schema\/bom\/(1\.[0-9])$/;

type Element = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
};

/**
 * What a CycloneDX bill of materials in XML states: the same members as its JSON form has, read out of elements of the names
 * that both share, and then read as that. Elements that state nothing are passed over. Source: docs/spec/facts.md §5.1.
 */
export function readCycloneDxXml(text: string, into: Collector): void {
  const root = readElements(text, into);
  if (root === undefined || into.fault !== undefined) return;
  const version = NAMESPACE.exec(root.attributes.get('xmlns') ?? '')?.[1];
  if (root.name !== 'bom' || version === undefined) {
    into.refuse('facts/unsupported-version', 'The root element is no bom of CycloneDX in its own namespace.');
    return;
  }
  const components = childOf(root, 'components');
  readCycloneDx(
    {
      specVersion: version,
      ...(components === undefined ? {} : { components: listOf(components, 'component', componentOf) }),
      vulnerabilities: listOf(childOf(root, 'vulnerabilities'), 'vulnerability', vulnerabilityOf),
    },
    into,
  );
}

/** The tree of elements; undefined where there is none, or the document does not read. */
function readElements(text: string, into: Collector): Element | undefined {
  const reader = new XmlReader(text, { allowsDoctype: false, keepsText: true });
  const open: Element[] = [];
  let root: Element | undefined;
  for (let event = reader.next(); event !== undefined && into.step(); event = reader.next()) {
    if (event.kind === 'open') {
      const element: Element = { name: event.name, attributes: event.attributes, children: [], text: '' };
      open.at(-1)?.children.push(element);
      root ??= element;
      open.push(element);
    } else {
      const ended = open.pop();
      if (ended !== undefined) ended.text = (event.text ?? '').trim();
    }
  }
  if (reader.fault !== undefined) into.refuse(reader.fault.code, reader.fault.message, reader.fault.at);
  return root;
}

function componentOf(element: Element): JsonObject {
  const components = childOf(element, 'components');
  return {
    ...attributesOf(element, ['type', 'bom-ref']),
    ...textsOf(element, ['group', 'name', 'version', 'purl']),
    licenses: (childOf(element, 'licenses')?.children ?? []).map(licenceOf),
    ...(components === undefined ? {} : { components: listOf(components, 'component', componentOf) }),
  };
}

function licenceOf(element: Element): JsonObject {
  if (element.name === 'expression') return { expression: element.text };
  return element.name === 'license' ? { license: textsOf(element, ['id', 'name']) } : {};
}

function vulnerabilityOf(element: Element): JsonObject {
  const analysis = childOf(element, 'analysis');
  return {
    ...textsOf(element, ['id']),
    references: listOf(childOf(element, 'references'), 'reference', (one) => textsOf(one, ['id'])),
    ratings: listOf(childOf(element, 'ratings'), 'rating', (one) => textsOf(one, ['severity', 'score', 'vector'])),
    ...(analysis === undefined ? {} : { analysis: textsOf(analysis, ['state']) }),
    affects: listOf(childOf(element, 'affects'), 'target', (one) => textsOf(one, ['ref'])),
  };
}

function listOf(parent: Element | undefined, name: string, read: (element: Element) => JsonObject): readonly Json[] {
  return (parent?.children ?? []).filter((child) => child.name === name).map(read);
}

function childOf({ children }: Element, name: string): Element | undefined {
  return children.find((child) => child.name === name);
}

/** Texts of the first child of each of these names, where there is one. */
function textsOf(element: Element, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const child = childOf(element, name);
      return child === undefined ? [] : [[name, child.text]];
    }),
  );
}

function attributesOf({ attributes }: Element, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = attributes.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
