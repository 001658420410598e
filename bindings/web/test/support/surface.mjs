// The public surface as text: one line for each name, member and signature, from the declarations.

import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ENTRIES = {
  '': 'src/index.ts',
  'openfeature.': 'src/openfeature.ts',
  'react.': 'src/react.ts',
  'tencent.': 'src/tencent.ts',
  'testing.': 'src/testing.ts',
};

/** The lines of every entry, sorted. */
export function surface() {
  const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const program = ts.createProgram(fileNames, { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  const tidy = (text) => text.replace(/\/\*\*[^]*?\*\//g, '').replace(/\s+/g, ' ').trim();
  const show = (type) => tidy(checker.typeToString(type, undefined, flags));
  /** As it was written, where it was. */
  const written = (declaration, type) => (declaration.type ? tidy(declaration.type.getText()) : show(type));
  const lines = [];

  function members(name, type, separator) {
    for (const member of type.getProperties()) {
      const [declaration] = member.declarations ?? [];
      const hidden = !declaration || member.name.startsWith('__') || member.name.startsWith('#') || ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === 'internal');
      if (hidden || member.name === 'prototype' || !declaration.getSourceFile().fileName.startsWith(root)) continue;
      if (declaration.getSourceFile().fileName.includes('node_modules')) continue;
      const optional = member.flags & ts.SymbolFlags.Optional ? '?' : '';
      const type = checker.getTypeOfSymbolAtLocation(member, declaration);
      const text = ts.isPropertySignature(declaration) || ts.isPropertyDeclaration(declaration) ? written(declaration, type) : show(type);
      lines.push(`${name}${separator}${member.name}${optional}: ${text}`);
    }
  }

  for (const [prefix, file] of Object.entries(ENTRIES)) {
    const source = checker.getSymbolAtLocation(program.getSourceFile(root + file));
    for (const exported of checker.getExportsOfModule(source)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const name = prefix + exported.name;
      const [declaration] = symbol.declarations;
      if (ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === 'internal')) continue;
      if (symbol.flags & ts.SymbolFlags.Class) {
        members(name, checker.getTypeOfSymbolAtLocation(symbol, declaration), '.static ');
        members(name, checker.getDeclaredTypeOfSymbol(symbol), '.');
      } else if (symbol.flags & ts.SymbolFlags.Interface) {
        members(name, checker.getDeclaredTypeOfSymbol(symbol), '.');
      } else if (symbol.flags & ts.SymbolFlags.TypeAlias) {
        lines.push(`type ${name} = ${written(declaration)}`);
      } else {
        lines.push(`${name}: ${show(checker.getTypeOfSymbolAtLocation(symbol, declaration))}`);
      }
    }
  }
  return lines.sort();
}
