import { type GraphQLOutputType, isListType, isNonNullType, isObjectType } from 'graphql';
import { mayGenerate, quoted, reading } from '../generated-code.js';
import { type Json, type JsonObject, own } from '../json.js';
import type { Introspect } from './complete.js';
import type { DataField, Shape, ShapeField } from './shape.js';

/** Writes data as JSON in one pass, or nothing when it is not exactly as the types say: then it has to be completed value by value. */
export type Writer = (root: JsonObject, isPlain: boolean, introspect: Introspect) => string | undefined;

/** A shape may have as many variants as unions have members, on every level. */
const MAX_FUNCTIONS = 2_000;
const UNFIT = Symbol('unfit');
/** Thrown by written code; carries no stack. */
const ODD = Symbol('odd');

/** For each key of an operation the key that its answer has it under, and those below. What has no entry is fetched and checked, and left out. */
export type Names = ReadonlyMap<string, { readonly key: string; readonly children: Names }>;

/** Makes the writer of a shape; none where code may not be made from text, or the shape is too large. */
export function makeWriter(shape: Shape, names?: Names): Writer | undefined {
  if (!mayGenerate()) return undefined;
  try {
    return new Generator().writer(shape, names);
  } catch (error) {
    if (error === UNFIT) return undefined;
    throw error;
  }
}

/** What the written code calls. */
interface Tools {
  readonly text: (value: string) => string;
  readonly any: (value: Json) => string;
  readonly own: typeof own;
  readonly odd: () => never;
  /** Of each enum the JSON of its values. */
  readonly enums: readonly ReadonlyMap<Json, string>[];
  readonly introspections: readonly Extract<ShapeField, { kind: 'introspection' }>[];
}

type Root = (root: JsonObject, isPlain: boolean, introspect: (index: number) => string) => string;

/** Writes one function for each object of the answer and type that it may have. Names enter the code as JSON strings only. */
class Generator {
  readonly #functions: string[] = [];
  readonly #enums: ReadonlyMap<Json, string>[] = [];
  readonly #introspections: Extract<ShapeField, { kind: 'introspection' }>[] = [];
  #count = 0;
  #variables = 0;

  writer(shape: Shape, names: Names | undefined): Writer {
    const main = this.#object(shape, names);
    const source = `"use strict";${this.#functions.join('\n')}\nreturn ${main};`;
    const make = new Function('t', source) as (tools: Tools) => Root; // oxlint-disable-line no-new-func, typescript/no-implied-eval -- asked for above
    const introspections = this.#introspections;
    const root = make({ text: jsonText, any: jsonAny, own, odd, enums: this.#enums, introspections });
    return (data, isPlain, introspect) => {
      try {
        return root(data, isPlain, (index) => {
          const field = introspections[index];
          return field === undefined ? 'null' : jsonAny(introspect(field));
        });
      } catch (error) {
        if (error === ODD) return undefined;
        throw error;
      }
    };
  }

  /** A function that writes the object, by its name. */
  #object(shape: Shape, names: Names | undefined): string {
    this.#count += 1;
    if (this.#count > MAX_FUNCTIONS) throw UNFIT;
    const name = `f${this.#count}`;
    const { declared } = shape;
    let body: string;
    if (isObjectType(declared)) {
      body = `if(o.__typename!==undefined&&o.__typename!==${quoted(declared.name)})t.odd();${this.#fields(shape.fields(declared), declared.name, names)}`;
    } else {
      const cases = shape
        .possibleTypes()
        .map((type) => `case ${quoted(type.name)}:{${this.#fields(shape.fields(type), type.name, names)}break}`);
      body = `switch(o.__typename){${cases.join('')}default:t.odd()}`;
    }
    this.#functions.push(`function ${name}(o,p,i){let s='';${body}return s}`);
    return name;
  }

  #fields(fields: readonly ShapeField[], typename: string, names: Names | undefined): string {
    let code = '';
    let literal = '{';
    let isFirst = true;
    for (const field of fields) {
      const named = names?.get(field.key);
      // Introspection is answered as it was asked, names within it too.
      if (names !== undefined && field.kind === 'introspection') throw UNFIT;
      if (names !== undefined && named === undefined) {
        if (field.kind === 'data') code += `{const u=s;${this.#value(field, field.type, read(field.fetchKey), undefined, '')}s=u}`;
        continue;
      }
      literal += `${isFirst ? '' : ','}${quoted(named?.key ?? field.key)}:`;
      isFirst = false;
      if (field.kind === 'typename') {
        literal += quoted(typename);
        continue;
      }
      if (field.kind === 'introspection') code += `s+=${quoted(literal)};s+=i(${this.#introspections.push(field) - 1});`;
      else code += this.#value(field, field.type, read(field.fetchKey), named?.children, literal);
      literal = '';
    }
    return `${code}s+=${quoted(`${literal}}`)};`;
  }

  /** @param before what stands before the value: written with it, they are fewer pieces */
  #value(field: DataField, type: GraphQLOutputType, from: string, names: Names | undefined, before: string): string {
    const isRequired = isNonNullType(type);
    const inner = isRequired ? type.ofType : type;
    this.#variables += 1;
    const value = `v${this.#variables}`;
    const start = `const ${value}=${from};if(${value}===null||${value}===undefined)${isRequired ? 't.odd()' : `s+=${quoted(`${before}null`)}`};else `;
    if (isListType(inner)) {
      const at = `k${this.#variables}`;
      const each = this.#value(field, inner.ofType, `${value}[${at}]`, names, '');
      return `${start}{if(!Array.isArray(${value}))t.odd();s+=${quoted(`${before}[`)};for(let ${at}=0;${at}<${value}.length;${at}++){if(${at}!==0)s+=',';${each}}s+=']'}`;
    }
    if (field.shape !== undefined) {
      const first = before === '' ? '' : `s+=${quoted(before)};`;
      return `${start}{if(typeof ${value}!=='object'||Array.isArray(${value}))t.odd();${first}s+=${this.#object(field.shape, names)}(${value},p,i)}`;
    }
    return start + this.#leaf(field, value, before);
  }

  #leaf({ leaf }: DataField, value: string, before: string): string {
    const written = (text: string): string => `s+=${before === '' ? '' : `${quoted(before)}+`}${text};`;
    const asText = `s+=p?${quoted(`${before}"`)}+${value}+'"':${quoted(before)}+t.text(${value});`;
    switch (leaf?.kind) {
      case 'string':
        return `if(typeof ${value}!=='string')t.odd();else ${asText}`;
      case 'id':
        return `if(typeof ${value}==='string')${asText}else if(Number.isInteger(${value}))${written(value)}else t.odd();`;
      case 'int':
        return `if(Number.isInteger(${value}))${written(value)}else t.odd();`;
      case 'float':
        return `if(typeof ${value}==='number'&&Number.isFinite(${value}))${written(value)}else t.odd();`;
      case 'boolean':
        return `if(${value}===true)s+=${quoted(`${before}true`)};else if(${value}===false)s+=${quoted(`${before}false`)};else t.odd();`;
      case 'enum': {
        const index = this.#enums.push(new Map([...leaf.values].map((name) => [name, quoted(name)]))) - 1;
        return `{const q=t.enums[${index}].get(${value});if(q===undefined)t.odd();${written('q')}}`;
      }
      case 'any':
      case undefined:
        return written(`t.any(${value})`);
    }
  }
}

const read = (key: string): string => reading('o', key, 't.own');

const ESCAPED = /[\u0000-\u001F"\\\uD800-\uDFFF]/u; // oxlint-disable-line no-control-regex -- these are escaped in JSON
const SHORT = 40;

function jsonText(value: string): string {
  if (value.length >= SHORT) return ESCAPED.test(value) ? JSON.stringify(value) : `"${value}"`;
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code < 32 || code === 34 || code === 92 || (code >= 0xd8_00 && code <= 0xdf_ff)) return JSON.stringify(value);
  }
  return `"${value}"`;
}

function jsonAny(value: Json): string {
  if (typeof value === 'string') return jsonText(value);
  return JSON.stringify(value) ?? 'null';
}

function odd(): never {
  throw ODD; // oxlint-disable-line no-throw-literal -- caught right above, thousands of times maybe
}
