// Renders openapi.json. Everything from the document is set as text, never as markup.

/** An element with attributes and children, lists of them included; text stands for itself, and nothing for nothing. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children.flat(Number.POSITIVE_INFINITY).filter((child) => child !== undefined && child !== ''));
  return made;
}

/** Text in which `code` stands between back quotes; lines that begin with a dash are a list. */
function prose(text) {
  const inline = (line) =>
    line.split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : document.createTextNode(part)));
  return text.split('\n\n').map((block) => {
    const lines = block.split('\n');
    if (!lines.every((line) => line.startsWith('- '))) return element('p', {}, inline(block));
    return element('ul', {}, ...lines.map((line) => element('li', {}, inline(line.slice(2)))));
  });
}

function resolve(document_, value) {
  if (value?.$ref === undefined) return value ?? {};
  return value.$ref
    .slice(2)
    .split('/')
    .reduce((at, part) => at?.[part], document_);
}

/** What a schema is, in a few words. */
function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.type === 'array') return `array of ${typeOf(schema.items ?? {})}`;
  return schema.type ?? 'any JSON';
}

function boundsOf(schema) {
  const bounds = [];
  if (schema.pattern && !schema.description) bounds.push(`matches ${schema.pattern}`);
  if (schema.minimum > Number.MIN_SAFE_INTEGER) bounds.push(`at least ${schema.minimum}`);
  if (schema.maximum < Number.MAX_SAFE_INTEGER) bounds.push(`at most ${schema.maximum}`);
  if (schema.maxLength) bounds.push(`at most ${schema.maxLength} characters`);
  if (schema.maxItems) bounds.push(`at most ${schema.maxItems} of them`);
  if (schema.default !== undefined) bounds.push(`default ${JSON.stringify(schema.default)}`);
  return bounds.join(', ');
}

/** The members of an object, those of its members' objects folded away. */
function membersOf(api, schema, seen = []) {
  const object = resolve(api, schema.type === 'array' ? schema.items : schema);
  const name = schema.$ref ?? schema.items?.$ref;
  if (!object?.properties || seen.includes(name)) return undefined;
  const rows = Object.entries(object.properties).flatMap(([member, of]) => {
    const needed = object.required?.includes(member) ? '' : ', may be absent';
    const inner = membersOf(api, of, [...seen, name]);
    const told = resolve(api, of).description ?? of.description;
    return [
      element('dt', {}, element('code', {}, member), ` ${typeOf(of)}${needed}`),
      element(
        'dd',
        {},
        told === undefined ? '' : prose(told),
        boundsOf(of) === '' ? '' : element('p', {}, boundsOf(of)),
        inner === undefined ? '' : element('details', {}, element('summary', {}, 'Members'), inner),
      ),
    ];
  });
  return element('dl', {}, rows);
}

function describeContent(api, content) {
  return Object.entries(content ?? {}).map(([mediaType, { schema = {}, example }]) => [
    // Of bytes that are no JSON, the media type says all.
    element('p', {}, element('code', {}, mediaType), mediaType.includes('json') ? ` ${typeOf(schema)}` : ''),
    membersOf(api, schema) ?? '',
    example === undefined ? '' : element('pre', {}, JSON.stringify(example, null, 2)),
  ]);
}

function describeParameters(parameters) {
  if (parameters.length === 0) return '';
  const rows = parameters.flatMap(({ name, in: place, required, description, schema }) => [
    element('dt', {}, element('code', {}, name), ` in ${place}, ${typeOf(schema)}${required ? ', needed' : ''}`),
    element('dd', {}, prose(description ?? schema.description ?? ''), boundsOf(schema)),
  ]);
  return [element('h4', {}, 'Parameters'), element('dl', {}, rows)];
}

function describeResponse(api, status, given) {
  const response = resolve(api, given);
  const refusal = Number(status) >= 400;
  const summary = element(
    'summary',
    {},
    element('span', { class: refusal ? 'status refusal' : 'status' }, status),
    ` ${refusal && response.description.startsWith('- ') ? 'Refused' : response.description.split('\n')[0]}`,
  );
  const told = response.description.startsWith('- ') ? prose(response.description) : '';
  return element('details', {}, summary, told, describeContent(api, response.content));
}

/** A value to try a parameter with. */
function exampleOf({ example, schema }) {
  return String(example ?? schema.example ?? schema.examples?.[0] ?? schema.enum?.[0] ?? 1);
}

/** The path and what must be asked for with it, both filled in: curl would take braces for a pattern of its own. */
function addressOf(path, parameters) {
  const of = (place) => parameters.filter((parameter) => parameter.in === place);
  const filled = of('path').reduce((made, each) => made.replace(`{${each.name}}`, exampleOf(each)), path);
  const query = of('query')
    .filter(({ required }) => required)
    .map((each) => `${each.name}=${encodeURIComponent(exampleOf(each)).replaceAll('%2F', '/')}`);
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
}

function curlOf(method, path, operation) {
  const lines = [`curl --fail-with-body "$WAYBILL_URL${addressOf(path, operation.parameters ?? [])}"`];
  if (operation.security?.length !== 0) lines.push('  -H "Authorization: Bearer $WAYBILL_TOKEN"');
  const needed = operation.requestBody?.required === true;
  const mediaType = needed ? Object.keys(operation.requestBody.content)[0] : undefined;
  if (mediaType !== undefined) lines.push(`  -H "Content-Type: ${mediaType}"`, '  --data-binary @file');
  else if (method === 'post') lines.push('  -X POST');
  return lines.join(' \\\n');
}

function describeOperation(api, path, method, operation) {
  return element(
    'article',
    { id: operation.operationId },
    element('h3', {}, operation.summary),
    element(
      'p',
      {},
      element('span', { class: `method ${method}` }, method.toUpperCase()),
      ' ',
      element('span', { class: 'path' }, path),
    ),
    prose(operation.description ?? ''),
    describeParameters(operation.parameters ?? []),
    operation.requestBody === undefined
      ? ''
      : [
          element('h4', {}, 'Body'),
          prose(operation.requestBody.description ?? ''),
          describeContent(api, operation.requestBody.content),
        ],
    element('h4', {}, 'Answers'),
    Object.entries(operation.responses).map(([status, response]) => describeResponse(api, status, response)),
    element('h4', {}, 'With curl'),
    element('pre', {}, curlOf(method, path, operation)),
  );
}

function render(api) {
  const content = document.getElementById('content');
  const contents = document.getElementById('contents');
  document
    .getElementById('about')
    .replaceChildren(
      `Version ${api.info.version}. ${api.info.description} `,
      element('a', { href: '/openapi.json' }, 'openapi.json'),
    );
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  for (const { name } of api.tags) {
    const of = operations.filter(({ operation }) => operation.tags.includes(name));
    const articles = of.map(({ path, method, operation }) => describeOperation(api, path, method, operation));
    content.append(element('section', {}, element('h2', {}, name), articles));
    const links = of.map(({ operation }) =>
      element('li', {}, element('a', { href: `#${operation.operationId}` }, operation.summary)),
    );
    contents.append(element('section', {}, element('strong', {}, name), element('ul', {}, links)));
  }
  // The list of routes stands open beside them, and folded above them where there is no room beside.
  document.getElementById('fold').open = matchMedia('(min-width: 60rem)').matches;
  if (location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

/** Shows the routes whose text holds every word that was typed. */
function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const article of document.querySelectorAll('article')) {
    const haystack = article.textContent.toLowerCase();
    article.hidden = !words.every((word) => haystack.includes(word));
    const link = document.querySelector(`nav a[href="#${article.id}"]`);
    if (link !== null) link.parentElement.hidden = article.hidden;
  }
  for (const section of document.querySelectorAll('main section, nav section')) {
    section.hidden = section.querySelector('article:not([hidden]), li:not([hidden])') === null;
  }
}

document.getElementById('find').addEventListener('input', ({ target }) => find(target.value));
try {
  const response = await fetch('/openapi.json');
  render(await response.json());
} catch (error) {
  document.getElementById('about').textContent = `The document could not be read: ${error}`;
}
