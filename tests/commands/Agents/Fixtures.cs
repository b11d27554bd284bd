using System.Runtime.CompilerServices;
using System.Text;

namespace Errand.Commands.Tests.Agents;

/// <summary>The streams that stand beside the tests, and what is read out of them.</summary>
internal static class Fixtures
{
    /// <summary>The script that plays an agent.</summary>
    public static string ScriptedAgent { get; } = Path.Combine(Folder(), "scripted-agent");

    public static byte[] Stream(string name) => File.ReadAllBytes(Path.Combine(Folder(), "fixtures", name));

    public static List<AgentEvent> Read(this AgentStreamParser parser, string stream) => parser.Read(Encoding.UTF8.GetBytes(stream));

    /// <summary>Reads a stream that comes in pieces of a size.</summary>
    public static List<AgentEvent> Read(this AgentStreamParser parser, byte[] stream, int piece = int.MaxValue)
    {
        List<AgentEvent> events = [];
        var reader = new AgentLineReader(parser);
        for (int at = 0; at < stream.Length; at += Math.Min(piece, stream.Length - at))
            reader.Take(stream.AsSpan(at, Math.Min(piece, stream.Length - at)), events);
        reader.Complete(events);
        return events;
    }

    public static AgentTally Tally(this List<AgentEvent> events)
    {
        var tally = new AgentTally();
        foreach (var happened in events) tally.Take(happened);
        return tally;
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
