/**
 * Scripts that let a shell ask `fabro __complete` what may follow. Each asks with the word at the cursor apart
 * (`--word=`, since some shells drop empty words) and the words before it behind `--`; nothing that was typed
 * is evaluated. Answers are lines of a value, a tab and some words; the line `:files` asks for file names too.
 */

export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

const BASH = String.raw`# Completion of fabro for bash. In ~/.bashrc: source <(fabro completion bash)
_fabro() {
  local line cur="\${COMP_WORDS[COMP_CWORD]}"
  [[ $cur == '=' ]] && cur=''
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == ':files' ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur")
    else
      COMPREPLY+=("\${line%%$'\t'*}")
    fi
  done < <(fabro __complete "--word=$cur" -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}
complete -F _fabro fabro
`;

const ZSH = String.raw`#compdef fabro
# Completion of fabro for zsh. In ~/.zshrc, after compinit: source <(fabro completion zsh)
_fabro() {
  local line value files=0
  local -a found
  while IFS= read -r line; do
    if [[ $line == ':files' ]]; then
      files=1
    else
      value="\${line%%$'\t'*}"
      found+=("\${value//:/\\:}:\${line#*$'\t'}")
    fi
  done < <(fabro __complete "--word=\${words[CURRENT]}" -- "\${(@)words[2,CURRENT-1]}" 2>/dev/null)
  (( $#found )) && _describe fabro found
  (( files )) && _files
  return 0
}
if [[ "\${funcstack[1]}" == _fabro ]]; then _fabro "$@"; else compdef _fabro fabro; fi
`;

const FISH = String.raw`# Completion of fabro for fish. Once: fabro completion fish > ~/.config/fish/completions/fabro.fish
function __fabro_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    for line in (fabro __complete "--word=$current" -- $before[2..-1] 2>/dev/null)
        if test "$line" = ':files'
            __fish_complete_path "$current"
        else
            printf '%s\n' $line
        end
    end
end
complete -c fabro -f -a '(__fabro_complete)'
`;

const POWERSHELL = String.raw`# Completion of fabro for PowerShell. In $PROFILE: fabro completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName fabro -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  fabro __complete "--word=$wordToComplete" -- @before 2>$null | ForEach-Object {
    if ($_ -eq ':files') {
      Get-ChildItem -Name -Path "$wordToComplete*" -ErrorAction SilentlyContinue
    } else {
      $value, $about = $_ -split [char]9, 2
      if (-not $about) { $about = $value }
      [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    }
  }
}
`;

/** The script of a shell, to be sourced by it. */
export function shellScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return plain(BASH);
    case 'zsh':
      return plain(ZSH);
    case 'fish':
      return FISH;
    case 'powershell':
      return POWERSHELL;
    default:
      return shell satisfies never;
  }
}

/** Takes away the backslashes that kept braces from being read as ours. */
function plain(script: string): string {
  return script.replaceAll(String.raw`\${`, '${');
}
