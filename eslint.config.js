import neostandard from 'neostandard'
import tseslint from 'typescript-eslint'

export default [
  { ignores: ['src/database/generated/', 'src/http/public/', '.tap/', 'data/', 'coverage/'] },
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
  }
]
