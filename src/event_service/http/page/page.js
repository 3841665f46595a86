// Renders openapi.json and tries calls. What is typed into the page stays in the page.

import { element, prose, schemas } from "./schema.js";

const byId = (id) => document.getElementById(id);

function operationsOf(openapi) {
  const groups = new Map(openapi.tags.map((tag) => [tag.name, { tag, operations: [] }]));
  for (const [path, verbs] of Object.entries(openapi.paths)) {
    for (const [verb, operation] of Object.entries(verbs)) {
      groups.get(operation.tags[0]).operations.push({ path, verb, ...operation });
    }
  }
  return [...groups.values()];
}

const anchor = (operation) => operation.operationId;

function verbChip(verb) {
  return element("span", { class: `verb ${verb}` }, verb.toUpperCase());
}

/** The path with its variables set apart, so that it is seen what is to be filled in. */
function shownPath(path) {
  const parts = path.split(/(\{[^}]+\})/).filter(Boolean);
  return element(
    "code",
    { class: "path" },
    ...parts.map((part) => (part.startsWith("{") ? element("var", {}, part) : part)),
  );
}

function contents(groups) {
  return groups.flatMap(({ tag, operations }) => [
    element("h2", {}, tag.name),
    element(
      "ul",
      {},
      ...operations.map((operation) =>
        element(
          "li",
          {},
          element("a", { href: `#${anchor(operation)}`, title: operation.path }, label(operation)),
        ),
      ),
    ),
  ]);
}

const label = (operation) => operation.operationId.split(".").pop().replaceAll("_", " ");

const needs = (operation, scheme) => operation.security.some((one) => scheme in one);

function parameterField(parameter) {
  const { name, schema } = parameter;
  const input =
    schema.type === "boolean"
      ? element("input", { type: "checkbox", name })
      : element("input", { name, spellcheck: "false", required: parameter.required,
          type: name === "access_key" ? "password" : "text", autocomplete: "off" });
  return element(
    "label",
    { class: schema.type === "boolean" ? "check" : "", title: parameter.description },
    element("code", {}, name),
    input,
    parameter.description ? element("span", { class: "note" }, parameter.description) : null,
  );
}

function filledPath(operation, form) {
  let path = operation.path;
  const query = new URLSearchParams();
  for (const parameter of operation.parameters) {
    const input = form.elements[parameter.name];
    const value = input.type === "checkbox" ? String(input.checked) : input.value.trim();
    if (parameter.in === "path") {
      path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    } else if (value && value !== "false") {
      query.set(parameter.name, value);
    }
  }
  const asked = query.toString();
  // Relative to the page, so that it also works behind a prefix.
  return new URL(path.slice(1) + (asked ? `?${asked}` : ""), new URL(".", location.href));
}

function headersOf(operation) {
  const headers = {};
  if (operation.requestBody) headers["Content-Type"] = "application/json";
  const token = byId("token").value.trim();
  const key = byId("access-key").value.trim();
  if (token && needs(operation, "token")) headers.Authorization = `Bearer ${token}`;
  if (key && needs(operation, "accessKey")) headers["X-Access-Key"] = key;
  return headers;
}

async function call(operation, form, output) {
  output.replaceChildren(element("p", { class: "note" }, "Waiting for the answer…"));
  const began = performance.now();
  try {
    const response = await fetch(filledPath(operation, form), {
      method: operation.verb.toUpperCase(),
      headers: headersOf(operation),
      body: operation.requestBody ? form.elements.body.value : undefined,
      cache: "no-store",
    });
    const text = await response.text();
    output.replaceChildren(answered(response, text, Math.round(performance.now() - began)));
  } catch (error) {
    output.replaceChildren(element("p", { class: "failed" }, `No answer: ${error.message}`));
  }
}

function answered(response, text, milliseconds) {
  const retry = response.headers.get("Retry-After");
  const told = [`${response.status} ${response.statusText}`, `${milliseconds} ms`];
  if (retry) told.push(`try again after ${retry} s`);
  return element(
    "div",
    {},
    element("p", { class: response.ok ? "succeeded" : "failed" }, told.join(" · ")),
    element("pre", {}, pretty(text)),
  );
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function tryForm(operation) {
  const output = element("output", { "aria-live": "polite" });
  const example = operation.requestBody?.content["application/json"].example;
  const form = element(
    "form",
    { class: "try", autocomplete: "off" },
    ...operation.parameters.map(parameterField),
    example === undefined
      ? null
      : element(
          "textarea",
          { name: "body", spellcheck: "false", "aria-label": "Body",
            rows: String(Math.min(16, JSON.stringify(example, null, 2).split("\n").length)) },
          JSON.stringify(example, null, 2),
        ),
    element("div", { class: "send" }, element("button", {}, "Send")),
    output,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    call(operation, form, output);
  });
  return form;
}

function lock(operation) {
  if (needs(operation, "token")) return element("span", { class: "chip", title: "Authorization: Bearer" }, "needs a token");
  if (needs(operation, "accessKey")) return element("span", { class: "chip", title: "X-Access-Key" }, "needs an access key");
  return null;
}

function article(operation, show) {
  const details = element(
    "details",
    { id: anchor(operation), class: "operation" },
    element(
      "summary",
      {},
      element("h3", {}, operation.summary),
      element("p", { class: "line" }, verbChip(operation.verb), shownPath(operation.path), lock(operation)),
    ),
  );
  // Filled when it is opened: all of it at once would be a long page.
  details.addEventListener("toggle", () => details.append(...opened(operation, show)), { once: true });
  return details;
}

function opened(operation, show) {
  const body = operation.requestBody?.content["application/json"].schema;
  const answer = Object.values(operation.responses["200"].content)[0].schema;
  const more = operation.description && operation.description.replace(/\.$/, "") !== operation.summary;
  return [
    more ? prose(operation.description) : "",
    element(
      "div",
      { class: "halves" },
      element("div", {}, body ? show("Request", body) : null, show("Answer", answer)),
      element("div", {}, element("h4", {}, "Try it"), tryForm(operation)),
    ),
  ];
}

/** Opens what the address names after its #. */
function follow() {
  const named = byId(decodeURIComponent(location.hash.slice(1)));
  if (named?.classList.contains("operation")) {
    named.open = true;
    named.scrollIntoView();
  }
}

async function render() {
  const openapi = await (await fetch("openapi.json", { cache: "no-cache" })).json();
  const { shown } = schemas(openapi);
  const groups = operationsOf(openapi);
  byId("document-title").textContent = openapi.info.title;
  byId("document-version").textContent = openapi.info.version;
  byId("contents").replaceChildren(...contents(groups));
  byId("main").replaceChildren(
    prose(openapi.info.description, { class: "lead" }),
    ...groups.flatMap(({ tag, operations }) => [
      element("h2", {}, tag.name),
      tag.description ? prose(tag.description) : null,
      ...operations.map((operation) => article(operation, shown)),
    ]).filter(Boolean),
  );
  follow();
  document.documentElement.dataset.rendered = String(
    groups.reduce((count, group) => count + group.operations.length, 0),
  );
}

window.addEventListener("hashchange", follow);
byId("credentials").addEventListener("submit", (event) => event.preventDefault());
render().catch((error) => {
  byId("main").replaceChildren(element("p", { class: "failed" }, `openapi.json can't be shown: ${error.message}`));
});
