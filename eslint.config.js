import neostandard from 'neostandard'
import tseslint from 'typescript-eslint'

/** tap's `match` treats any two Dates as equal; a string it compares with the Date's instant. */
const noDateInMatch = {
  create (context) {
    const { getTypeAtLocation } = context.sourceCode.parserServices
    const isDate = type => type.symbol?.name === 'Date' || (type.isUnion() && type.types.some(isDate))
    return {
      'CallExpression[callee.property.name="match"] > .arguments:nth-child(2) Property > .value' (node) {
        if (isDate(getTypeAtLocation(node))) {
          context.report({ node, message: 'In `match` any Date is like any other: give its ISO string.' })
        }
      }
    }
  }
}

export default [
  { ignores: ['src/platform/database/generated/', 'src/platform/http/public/', '.tap/', 'data/', 'coverage/'] },
  ...neostandard({ ts: true }),
  {
    rules: {
      'no-void': ['error', { allowAsStatement: true }],
      '@stylistic/comma-dangle': ['error', 'never'],
      '@stylistic/max-len': ['error', {
        code: 120, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true
      }]
    }
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', {
        // tap itself waits for each subtest.
        allowForKnownSafePromises: [{ from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' }]
      }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }]
    }
  },
  {
    files: ['test/**/*.ts'],
    plugins: { placekeeper: { rules: { 'no-date-in-match': noDateInMatch } } },
    rules: { 'placekeeper/no-date-in-match': 'error' }
  }
]
