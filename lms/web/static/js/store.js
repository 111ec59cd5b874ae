// localStorage, or nothing where the browser forbids it or it is full.
const attempt = (act, otherwise) => {
  try {
    return act();
  } catch {
    return otherwise;
  }
};

export const keys = () => attempt(() => Object.keys(localStorage), []);
export const read = (key, otherwise = null) => attempt(() => JSON.parse(localStorage.getItem(key)) ?? otherwise, otherwise);
export const write = (key, value) => attempt(() => localStorage.setItem(key, JSON.stringify(value)));
export const remove = (key) => attempt(() => localStorage.removeItem(key));
