using System.Text.Json;
using System.Text.Json.Serialization;
using Errand.Storage;

namespace Errand.Commands;

/// <summary>
/// The folder of one attempt of a command: what was asked, who runs it and how it ended. All of it is written before it is needed, so that
/// whoever comes after a crash finds the command by it.
/// </summary>
/// <param name="Path">The folder; the output is there, too.</param>
internal sealed record CommandFolder(string Path)
{
    private const string SpecName = "spec.json";
    private const string IdentityName = "identity.json";
    private const string ExitName = "exit";
    private const string GivenInputName = "stdin";
    private const string OpenInputName = "in";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Output => File("out");

    public string Error => File("err");

    /// <summary>What the command reads, where that was given with it.</summary>
    public string GivenInput => File(GivenInputName);

    /// <summary>What the command reads, where it may be written to while it runs.</summary>
    public string OpenInput => File(OpenInputName);

    public void WriteSpec(CommandRecord record) =>
        Write(SpecName, JsonSerializer.SerializeToUtf8Bytes(record, SupervisionJson.Default.CommandRecord));

    public CommandRecord? ReadSpec() => Read(SpecName, SupervisionJson.Default.CommandRecord);

    public void WriteIdentity(SupervisorIdentity identity) =>
        Write(IdentityName, JsonSerializer.SerializeToUtf8Bytes(identity, SupervisionJson.Default.SupervisorIdentity));

    public SupervisorIdentity? ReadIdentity() => Read(IdentityName, SupervisionJson.Default.SupervisorIdentity);

    /// <summary>How the command ended; none while it has not, or when nobody was there to see it.</summary>
    public CommandExit? ReadExit() => Read(ExitName, SupervisionJson.Default.CommandExit);

    public void WriteGivenInput(string text) => Write(GivenInputName, System.Text.Encoding.UTF8.GetBytes(text));

    private string File(string name) => System.IO.Path.Combine(Path, name);

    private void Write(string name, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var file = new FileStream(File(name), options);
        file.Write(content);
    }

    // What is torn was not written: a line's end, or a brace that closes, comes last.
    private T? Read<T>(string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        // Looked for first: an exception costs more than the command's own start.
        if (!System.IO.File.Exists(File(name))) return null;
        try { return JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(File(name)), type); }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException) { return null; }
    }
}

/// <summary>What was asked for, and who was to serve it: enough to make a job of it that no store has heard of.</summary>
internal sealed record CommandRecord(string Kind, string Owner, JsonElement Input, DateTimeOffset StartedAt, bool IsStored, ProcessIdentity? Server)
{
    public string? Title { get; init; }

    public string? Agent { get; init; }

    public int Priority { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public JobLimits? Limits { get; init; }

    public string? Parent { get; init; }

    public TimeSpan? KeepFor { get; init; }

    public static CommandRecord Of(JobContext job, DateTimeOffset startedAt, ProcessIdentity? server)
    {
        var spec = job.Spec;
        using var input = JsonDocument.Parse(spec.Input.Utf8);
        return new(spec.Kind, spec.Owner, input.RootElement.Clone(), startedAt, job.IsStored, server)
        {
            Title = spec.Title, Agent = spec.Agent, Priority = spec.Priority, Parent = spec.Parent?.ToString(), KeepFor = spec.KeepFor,
            Tags = spec.Tags.Count > 0 ? spec.Tags : null,
            Metadata = spec.Metadata.Count > 0 ? spec.Metadata : null,
            Limits = spec.Limits,
        };
    }

    public JobSpec ToSpec() => new(Kind, JobData.Parse(JsonSerializer.SerializeToUtf8Bytes(Input, SupervisionJson.Default.JsonElement)))
    {
        Owner = Owner, Title = Title, Agent = Agent, Priority = Priority, Parent = Parent is null ? null : JobId.Parse(Parent), KeepFor = KeepFor,
        Tags = Tags ?? [],
        Metadata = Metadata ?? new Dictionary<string, string>(),
        Limits = Limits,
    };
}

/// <summary>Who supervises the command: that process, and no other that ever has its number.</summary>
/// <param name="Process">The process.</param>
/// <param name="IsNative">Whether it tells the end exactly and takes in what the command leaves behind.</param>
internal sealed record SupervisorIdentity(ProcessIdentity Process, bool IsNative);

/// <summary>How a command ended, as its supervisor has seen it.</summary>
internal sealed record CommandExit
{
    /// <summary>What a shell adds to the number of the signal that ended a program.</summary>
    public const int SignalBase = 128;

    public int? ExitCode { get; init; }

    public int? Signal { get; init; }

    /// <summary>The error of the system that kept it from starting.</summary>
    public int? StartFailed { get; init; }

    public long? CpuTimeMs { get; init; }

    public long? PeakMemoryBytes { get; init; }

    public long? WallTimeMs { get; init; }

    /// <summary>Whether it has left processes behind; absent where the supervisor cannot tell.</summary>
    public bool? Left { get; init; }

    /// <summary>The name of the signal that ended it.</summary>
    [JsonIgnore]
    public string? SignalName => Signal is { } signal ? CommandSignals.NameOf(signal) : null;

    /// <summary>Its exit code as a shell shows it, where a signal counts as 128 and its number.</summary>
    [JsonIgnore]
    public int? ShellCode => ExitCode ?? SignalBase + Signal;
}
