using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Errand.Commands;

/// <summary>What stands between this process and each command: a small program, or a script where that could not be compiled.</summary>
internal sealed partial class Supervisor
{
    private const string Name = "errand-supervisor";
    private const string Shell = "/bin/sh";
    // The program itself, which no file needs to hold; kept open for as long as commands may be started.
    private readonly SafeFileHandle? _program;
    private readonly string? _script;

    private Supervisor(SafeFileHandle program) => _program = program;

    private Supervisor(string script) => _script = script;

    /// <summary>Whether it tells the end exactly, and takes in what a command leaves behind.</summary>
    public bool IsNative => _program is not null;

    /// <summary>What it is, for people.</summary>
    public string Description => IsNative
        ? "the native supervisor"
        : $"{Shell} (without a compiler at build time: files are not limited, orphans not adopted)";

    /// <summary>Finds the better one that works here.</summary>
    public static Supervisor Choose(SupervisorChoice choice)
    {
        if (choice != SupervisorChoice.Shell && LoadNative() is { } program) return new(program);
        if (choice == SupervisorChoice.Native)
            throw new InvalidOperationException(
                "CommandOptions.Supervisor asks for the native supervisor, which is not part of this build or does not run on this machine. " +
                "Build where a C compiler (cc) is installed, or leave the option at Auto.");
        using var script = new StreamReader(Resource("supervisor.sh")!);
        return new(script.ReadToEnd());
    }

    /// <summary>Starts a supervisor, which waits for its go.</summary>
    /// <exception cref="Win32Exception">It could not be started.</exception>
    public int Start(SupervisorOrder order, IReadOnlyList<SafeHandle> descriptors)
    {
        string program = IsNative ? PathOf(_program!) : Shell;
        List<string> arguments = IsNative ? [Name] : [Shell, "-c", _script!, Name];
        arguments.AddRange(order.Arguments(IsNative));
        return ChildProcess.Start(new(program, arguments, order.Environment)
        {
            Folder = order.WorkingFolder, Input = order.Input, Output = order.Folder.Output, Error = order.Folder.Error, Descriptors = descriptors,
        });
    }

    private static Stream? Resource(string name) => typeof(Supervisor).Assembly.GetManifestResourceStream(name);

    private static string PathOf(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";
}

/// <summary>What one supervisor is told.</summary>
internal sealed record SupervisorOrder(CommandFolder Folder, string Program, IReadOnlyList<string> CommandArguments)
{
    public required IReadOnlyList<string> Environment { get; init; }

    public required string WorkingFolder { get; init; }

    public string Input { get; init; } = "/dev/null";

    public bool KeepsInputOpen { get; init; }

    /// <summary>The control group that the command begins in: for a program its descriptor is 4, a script is told its folder.</summary>
    public string? Group { get; init; }

    public long? LargestFile { get; init; }

    public UserIdentity? User { get; init; }

    public IEnumerable<string> Arguments(bool isNative)
    {
        yield return Folder.Path;
        if (Group is not null) yield return isNative ? "-c" : $"-c{Group}";
        if (KeepsInputOpen) yield return "-i";
        if (LargestFile is { } bytes) yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"-f{bytes}");
        if (User is { } user)
        {
            yield return $"-u{user.UserId}";
            yield return $"-g{user.GroupId}";
            yield return $"-G{string.Join(',', user.Groups)}";
        }
        yield return Program;
        foreach (string argument in CommandArguments) yield return argument;
    }
}
