using System.Buffers;
using System.Text.Json;

namespace Errand.Mcp;

/// <summary>
/// Results of jobs in the arguments of calls: <c>{"$job": "ID"}</c> stands for what the job returned, and with <c>"path": "/rows/0"</c> for a part of
/// it. They are looked up here, so that a large value gets from one tool to another without passing through a model.
/// </summary>
internal sealed class ResultReferences(IJobClient jobs)
{
    private const string JobName = "$job";
    private const string PathName = "path";
    private static readonly JsonElement Null = JsonElement.Parse("null");
    private const int DeepestNesting = 64;
    // Results that refer to others twice would else grow with each to twice the size.
    private const int MostBytes = 32 << 20;

    /// <summary>Whether there is a reference anywhere in the arguments.</summary>
    public static bool AreIn(IDictionary<string, JsonElement>? arguments)
    {
        if (arguments is not null)
            foreach (var (_, value) in arguments)
                if (AreIn(value)) return true;
        return false;
    }

    /// <summary>The arguments with results in place of references.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="caller">Who calls: what it may not see is not there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidJobException">A reference is malformed, leads in a circle or to something that is not there.</exception>
    public async ValueTask<Dictionary<string, JsonElement>> ResolveAsync(
        IDictionary<string, JsonElement> arguments, Caller caller, CancellationToken cancellationToken)
    {
        var results = new Dictionary<JobId, JsonElement>();
        var resolved = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in arguments)
            resolved[name] = AreIn(value) ? await ResolveAsync(value, new(name, caller, results, []), cancellationToken) : value;
        return resolved;
    }

    private static bool AreIn(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
                if (member.NameEquals(JobName) || AreIn(member.Value)) return true;
        }
        else if (value.ValueKind == JsonValueKind.Array)
            foreach (var item in value.EnumerateArray())
                if (AreIn(item)) return true;
        return false;
    }

    private async ValueTask<JsonElement> ResolveAsync(JsonElement value, Walk walk, CancellationToken cancellationToken)
    {
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(JobName, out var id))
            return await FollowAsync(walk.Read(value, id), value, walk, cancellationToken);
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) return value;
        if (!AreIn(value)) return value;
        var buffer = new ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(buffer))
        {
            if (value.ValueKind == JsonValueKind.Object)
            {
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(await ResolveAsync(member.Value, walk, cancellationToken), writer, walk);
                }
                writer.WriteEndObject();
            }
            else
            {
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(await ResolveAsync(item, walk, cancellationToken), writer, walk);
                writer.WriteEndArray();
            }
        }
        try { return JsonElement.Parse(buffer.WrittenSpan); }
        catch (JsonException) { throw walk.Refuse("With the results in place of the references it is nested too deep."); }
    }

    private static void Write(JsonElement part, Utf8JsonWriter writer, Walk walk)
    {
        part.WriteTo(writer);
        if (writer.BytesCommitted + writer.BytesPending > MostBytes)
            throw walk.Refuse($"With the results in place of the references it has more than {MostBytes:N0} bytes.");
    }

    private async ValueTask<JsonElement> FollowAsync(JobId id, JsonElement reference, Walk walk, CancellationToken cancellationToken)
    {
        var further = walk.Into(id);
        if (!walk.Results.TryGetValue(id, out var result))
        {
            // A result may refer to other results.
            result = await ResolveAsync(await ReadAsync(id, walk, cancellationToken), further, cancellationToken);
            walk.Results[id] = result;
        }
        if (!reference.TryGetProperty(PathName, out var path)) return result;
        if (path.ValueKind != JsonValueKind.String)
            throw walk.Refuse($"The path of the reference to job {id} must be a string, such as \"/rows/0\".");
        return JsonPointer.TryFind(result, path.GetString()!, out var part)
            ? part
            : throw walk.Refuse($"The result of job {id} has nothing at the path '{path.GetString()}'.");
    }

    private async ValueTask<JsonElement> ReadAsync(JobId id, Walk walk, CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(id, cancellationToken) is not { } job || !walk.Caller.MaySee(job)) throw new JobNotFoundException(id);
        if (!job.IsTerminal) throw new JobNotFinishedException(job);
        if (job.State != JobState.Completed) throw new JobFailedException(job);
        var outcome = await jobs.GetOutcomeAsync(job, cancellationToken);
        return outcome.Result.IsNone ? Null : ToolResults.ValueOf(job, outcome);
    }

    /// <summary>One way through nested references: where it began, and which jobs it came by.</summary>
    private sealed record Walk(string Parameter, Caller Caller, Dictionary<JobId, JsonElement> Results, IReadOnlyList<JobId> Path)
    {
        public JobId Read(JsonElement reference, JsonElement id)
        {
            foreach (var member in reference.EnumerateObject())
                if (!member.NameEquals(JobName) && !member.NameEquals(PathName))
                    throw Refuse($"A reference has {JobName} and perhaps {PathName}; '{member.Name}' is neither.");
            return id.ValueKind == JsonValueKind.String && JobId.TryParse(id.GetString(), out var jobId)
                ? jobId
                : throw Refuse($"{JobName} must be the id of a job; it is {id.GetRawText()}.");
        }

        public Walk Into(JobId id)
        {
            if (Path.Contains(id)) throw Refuse($"The references lead in a circle: {string.Join(" → ", [.. Path.SkipWhile(job => job != id), id])}.");
            if (Path.Count == DeepestNesting) throw Refuse($"The references are nested more than {DeepestNesting} deep.");
            return this with { Path = [.. Path, id] };
        }

        public InvalidJobException Refuse(string message) => new(Parameter, $"{Parameter}: {message}");
    }
}
