import en from '../en/shell.json'
import zh from '../zh/shell.json'
import { part } from '../part'

export default part('shell', zh, en)
