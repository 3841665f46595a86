// Schemas as nested lists: name, type, what it means.

/** Makes an element; strings among the children become text, never markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Text in which `code` between backticks is set as code. */
export function prose(text, attributes = {}) {
  const parts = text.split(/`([^`]+)`/);
  const children = parts.map((part, index) => (index % 2 ? element("code", {}, part) : part));
  return element("p", attributes, ...children);
}

/** Gives functions that show schemas of this document. */
export function schemas(openapi) {
  const named = (reference) => reference.split("/").pop();
  const resolve = (schema) =>
    schema.$ref ? { ...openapi.components.schemas[named(schema.$ref)], $ref: schema.$ref } : schema;

  function typeName(schema) {
    if (schema.$ref) return named(schema.$ref).split(".").pop();
    if (schema.type === "array") return `${typeName(schema.items)}[]`;
    if (schema.enum) return "enum";
    if (schema.type === undefined) return "any";
    return schema.format && schema.format !== "int32" ? `${schema.type} (${schema.format})` : schema.type;
  }

  // What a schema is made of, through lists; null for what has no members.
  function members(schema) {
    const inner = resolve(schema.type === "array" ? schema.items : schema);
    return inner.properties ? inner : null;
  }

  function row(name, schema, required, above) {
    const whole = resolve(schema);
    const of = members(schema);
    const reference = (schema.type === "array" ? schema.items : schema).$ref;
    const head = [
      element("code", { class: "name" }, name),
      element("span", { class: "type" }, typeName(schema)),
      required ? element("span", { class: "required" }, "required") : null,
    ];
    const values = (whole.type === "array" ? resolve(whole.items) : whole).enum;
    const meaning = (schema.description ?? whole.description ?? "").replace(/^Required\. ?/, "");
    const told = [
      meaning ? prose(meaning) : null,
      values ? element("p", { class: "values" }, ...values.flatMap((value) => [element("code", {}, value), " "])) : null,
    ];
    if (!of || above.includes(reference)) {
      return element("li", {}, element("div", { class: "row" }, ...head), ...told);
    }
    const details = element("details", {}, element("summary", { class: "row" }, ...head), ...told);
    // Filled when it is opened: a query is deep, and mostly nobody looks that far.
    details.addEventListener(
      "toggle",
      () => details.append(list(of, [...above, reference])),
      { once: true },
    );
    return element("li", {}, details);
  }

  function list(schema, above) {
    const required = schema.required ?? [];
    const rows = Object.entries(schema.properties ?? {}).map(([name, property]) =>
      row(name, property, required.includes(name), above),
    );
    return element("ul", { class: "schema" }, ...rows);
  }

  /** A heading with the type's name, its description and its members. */
  function shown(title, schema) {
    const whole = resolve(schema);
    const heading = element("h4", {}, title, " ", element("span", { class: "type" }, typeName(schema)));
    const block = element("section", { class: "shape" }, heading);
    if (whole.description) block.append(prose(whole.description));
    if (whole.properties && Object.keys(whole.properties).length) {
      block.append(list(whole, [schema.$ref]));
    } else if (whole.type === "object" && !whole.properties) {
      const nothing = whole.additionalProperties === false;
      block.append(element("p", { class: "note" }, nothing ? "An empty object." : "A JSON object."));
    }
    return block;
  }

  return { shown };
}
