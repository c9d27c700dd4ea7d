import { type Given, prove } from './prove.ts'

declare const given: Given

console.log(JSON.stringify(await prove(given)))
