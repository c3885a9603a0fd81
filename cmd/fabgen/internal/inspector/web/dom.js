// Making elements.

/** Makes an element of a class, with children: elements, or texts, which stay texts. */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) {
    element.className = className;
  }
  element.append(...children.filter((child) => child !== undefined && child !== ""));
  return element;
}

export function button(text, click) {
  const element = make("button", "", text);
  element.type = "button";
  element.addEventListener("click", click);
  return element;
}

export const $ = (id) => document.getElementById(id);
