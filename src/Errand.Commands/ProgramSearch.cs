using System.Text;

namespace Errand.Commands;

/// <summary>Finds the program of a command, or why it cannot be started, before anything is.</summary>
internal sealed class ProgramSearch
{
    // As much as Linux looks at.
    private const int MaxFirstLine = 256;
    // An interpreter may be a script, which has one; Linux follows as many.
    private const int MaxInterpreters = 5;

    private readonly CommandInput _input;
    private readonly Func<string, bool> _mayExecute;
    private readonly PathSearch _paths;

    private ProgramSearch(CommandInput input, Func<string, bool> mayExecute)
    {
        _input = input;
        _mayExecute = mayExecute;
        _paths = new(input);
    }

    private string Where => _input.Argv is null ? "shell" : "argv";

    /// <summary>The full path of the program.</summary>
    /// <param name="input">The command.</param>
    /// <param name="mayExecute">Whether a file may be executed, or a folder entered. Default: as the system says.</param>
    /// <exception cref="JobErrorException">It cannot be started; the error says which part of it, and why.</exception>
    public static string Find(CommandInput input, Func<string, bool>? mayExecute = null)
    {
        var search = new ProgramSearch(input, mayExecute ?? FileAccessCheck.MayExecute);
        search.CheckFolder();
        string path = search.FindProgram();
        search.CheckInterpreter(path, path, MaxInterpreters);
        return path;
    }

    private void CheckFolder()
    {
        if (_input.Cwd is not { } folder) return;
        if (File.Exists(folder)) throw NotStarted($"cwd is '{folder}', which is a file and not a folder.");
        if (!Directory.Exists(folder)) throw NotStarted($"the folder '{folder}' (cwd) does not exist. Create it, or give one that exists.");
        if (!_mayExecute(folder)) throw NotStarted($"the server may not enter the folder '{folder}' (cwd). Give it access, or give another folder.");
    }

    private string FindProgram()
    {
        string program = _input.Program;
        string? forbidden = null;
        bool isFolder = false;
        foreach (string path in _paths.Candidates(program))
        {
            if (Directory.Exists(path)) isFolder = true;
            else if (!File.Exists(path)) continue;
            else if (_mayExecute(path)) return path;
            else forbidden ??= path;
        }
        string name = $"{Where} names '{program}'";
        if (forbidden is not null)
            throw NotStarted($"{name}, and '{forbidden}' may not be executed by the server. Give it the permission: chmod +x '{forbidden}'.");
        if (isFolder) throw NotStarted($"{name}, which is a folder and not a program.");
        if (!program.Contains('/'))
            throw NotStarted(
                $"{name}, and there is no such program where it was looked for (PATH: {_paths.SearchPath}). Install it, or give its full path.");
        throw NotStarted($"{name}, and there is no file '{_paths.Candidates(program).First()}'. {Elsewhere(program)}");
    }

    private string Elsewhere(string program) => _input.Argv is null
        ? "Give a shell that is there, or leave shell out."
        : _paths.Find(Path.GetFileName(program)) is { } other ? $"There is '{other}'." : "Give the path of one that is there.";

    /// <summary>Of a script, what is to read it must be there too: the system would say that the script is missing.</summary>
    private void CheckInterpreter(string script, string path, int left)
    {
        string? line = FirstLine(path);
        if (line is null) return;
        string[] words = line.Split([' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0 || left == 0) return;
        string interpreter = Path.GetFullPath(words[0], _paths.Folder);
        bool isEnv = Path.GetFileName(interpreter) == "env" && words.Length > 1;
        // The carriage return would be a part of the name.
        if (line.EndsWith('\r') && (words.Length == 1 || isEnv))
            throw NotStarted($"the first line of '{script}' ends as lines do on Windows, so that nothing can read it. Save it with LF line ends.");
        if (Directory.Exists(interpreter) || !File.Exists(interpreter))
            throw NotStarted(
                $"'{script}' is to be read by '{words[0]}', says its first line, and there is no such program. Install it, or correct the line.");
        if (!_mayExecute(interpreter))
            throw NotStarted($"'{script}' is to be read by '{words[0]}', says its first line, which may not be executed by the server.");
        if (isEnv) CheckNamed(script, words[1]);
        CheckInterpreter(script, interpreter, left - 1);
    }

    // "#!/usr/bin/env python3": env looks for the program by the PATH.
    private void CheckNamed(string script, string arguments)
    {
        string? program = arguments.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(word => !word.StartsWith('-') && !word.Contains('='));
        if (program is null || _paths.Candidates(program).Any(path => File.Exists(path) && _mayExecute(path))) return;
        throw NotStarted(
            $"'{script}' is to be read by '{program}', says its first line, and there is no such program where it was looked for " +
            $"(PATH: {_paths.SearchPath}). Install it, or correct the line.");
    }

    private static string? FirstLine(string path)
    {
        Span<byte> start = stackalloc byte[MaxFirstLine];
        try
        {
            using var file = File.OpenHandle(path);
            start = start[..RandomAccess.Read(file, start, 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It may be executed without being read; then it is no script.
            return null;
        }
        if (!start.StartsWith("#!"u8)) return null;
        int end = start.IndexOf((byte)'\n');
        return Encoding.UTF8.GetString(end < 0 ? start[2..] : start[2..end]);
    }

    private static JobErrorException NotStarted(string why) =>
        new(new JobError(JobErrorCodes.StartFailed, $"The command could not be started: {why}", Retryable: false));
}
