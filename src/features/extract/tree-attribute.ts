/** An attribute of an element; by itself until it is set on another. */
export class TreeAttribute {
  readonly name: string;
  value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
  }

  cloneNode(): TreeAttribute {
    return new TreeAttribute(this.name, this.value);
  }
}
