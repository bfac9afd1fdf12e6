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

/**
 * Pages and rows hold random tokens and UUIDs: any three letters stand in one of them some day, and any four digits of
 * base 16, and the test fails by chance.
 */
const noShortWordInNotMatch = {
  create (context) {
    const patternOf = ({ type, regex, value, quasis, arguments: [first] = [] }) =>
      type === 'NewExpression' && first !== undefined
        ? patternOf(first)
        : regex?.pattern ?? quasis?.map(({ value }) => value.cooked).join('()') ?? (typeof value === 'string' ? value : '')
    const wordsOf = pattern => pattern.replaceAll(/\([^()]*\)/g, '()').split('|').map(word => word.replace(/^\\b|\\b$/, ''))
    return {
      'CallExpression[callee.property.name="notMatch"] > .arguments:nth-child(2)' (node) {
        for (const word of wordsOf(patternOf(node))) {
          if (/^(?:\w{1,3}|[\da-f]{4})$/i.test(word)) {
            context.report({ node, message: `Random text may hold “${word}”: look for something longer.` })
          }
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
    plugins: { placekeeper: { rules: { 'no-date-in-match': noDateInMatch, 'no-short-word-in-not-match': noShortWordInNotMatch } } },
    rules: { 'placekeeper/no-date-in-match': 'error', 'placekeeper/no-short-word-in-not-match': 'error' }
  }
]
