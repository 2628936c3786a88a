# Installs `lab` on Windows for the user who runs it: downloads the archive of a
# release, compares its SHA-256, tries the program, and only then puts it in
# place. The release workflow fills in the repository and the version, and runs
# this script on Windows before it publishes: it is tried nowhere else.
#
#   $env:LAB_BIN       folder of the program (%LOCALAPPDATA%\Programs\lab)
#   $env:LAB_VERSION   another version, such as v0.1.0
#   $env:LAB_BASE_URL  another place of the archives
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$repository = '@REPOSITORY@'
$version = if ($env:LAB_VERSION) { $env:LAB_VERSION } else { '@VERSION@' }
$base = if ($env:LAB_BASE_URL) { $env:LAB_BASE_URL } else { "https://github.com/$repository/releases/download/$version" }
$bin = if ($env:LAB_BIN) { $env:LAB_BIN } else { Join-Path $env:LOCALAPPDATA 'Programs\lab' }

if ("$version $base" -like '*@*@*') {
    throw 'Este instalador não diz qual versão instalar, nem de onde: use o install.ps1 de uma versão publicada.'
}
if (-not [Environment]::Is64BitOperatingSystem) {
    throw 'Não há um programa pronto para este Windows. Compile: cargo install --path runner --locked'
}

$name = "lab-$version-x86_64-pc-windows-msvc"
New-Item -ItemType Directory -Force $bin | Out-Null
$work = Join-Path $bin ('.lab-' + [IO.Path]::GetRandomFileName())
New-Item -ItemType Directory $work | Out-Null
try {
    Write-Output "Baixando $name"
    $zip = Join-Path $work 'lab.zip'
    $sums = Join-Path $work 'SHA256SUMS'
    Invoke-WebRequest -UseBasicParsing "$base/SHA256SUMS" -OutFile $sums
    Invoke-WebRequest -UseBasicParsing "$base/$name.zip" -OutFile $zip
    $line = Get-Content $sums | Where-Object { ($_ -split '\s+\*?')[1] -eq "$name.zip" }
    if (-not $line) { throw "SHA256SUMS não fala de $name.zip." }
    $expected = ($line -split '\s+')[0]
    $found = (Get-FileHash -Algorithm SHA256 $zip).Hash
    if ($found -ne $expected) {
        throw "O arquivo baixado não é o que foi publicado: esperado $expected, obtido $found. Nada foi instalado."
    }
    Expand-Archive $zip -DestinationPath $work
    $new = Join-Path $work "$name\lab.exe"
    $says = & $new --version
    if ($LASTEXITCODE -ne 0) { throw 'O programa baixado não roda neste sistema. Nada foi instalado.' }
    Move-Item -Force $new (Join-Path $bin 'lab.exe')
    Write-Output "$says em $bin\lab.exe"
} finally {
    Remove-Item -Recurse -Force $work
}

if (($env:PATH -split ';') -notcontains $bin) {
    Write-Output "A pasta $bin ainda não está no PATH. Acrescente-a e abra outro terminal:"
    Write-Output "  [Environment]::SetEnvironmentVariable('PATH', '$bin;' + [Environment]::GetEnvironmentVariable('PATH', 'User'), 'User')"
}
Write-Output 'Para começar: lab start'
