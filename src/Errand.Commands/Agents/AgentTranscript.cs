using System.Text;

namespace Errand.Commands;

/// <summary>The readable view of an agent's raw output, made piece by piece. One for each attempt and each reader.</summary>
/// <param name="parser">Reads the stream of the agent: <see cref="AgentProfile.Parser"/> makes one.</param>
public sealed class AgentTranscript(AgentStreamParser parser)
{
    private const int MaxStderrLine = 16 * 1024;
    private readonly AgentLineReader _out = new(parser);
    private readonly AgentLineReader _err = new(new StderrLines());
    private readonly List<AgentEvent> _events = [];

    /// <summary>Takes the next piece of the output.</summary>
    /// <param name="slice">The piece; it goes on where the last one ended.</param>
    /// <returns>What was said in it.</returns>
    public IReadOnlyList<AgentMessage> Take(OutputSlice slice)
    {
        foreach (var chunk in slice.Chunks) (chunk.Stream == OutputStream.Out ? _out : _err).Take(chunk.Bytes.Span, _events);
        return TakeMessages();
    }

    /// <summary>The output has ended.</summary>
    /// <returns>What was still held back.</returns>
    public IReadOnlyList<AgentMessage> Complete()
    {
        _out.Complete(_events);
        _err.Complete(_events);
        return TakeMessages();
    }

    private List<AgentMessage> TakeMessages()
    {
        var messages = new List<AgentMessage>();
        foreach (var happened in _events)
            if (MessageOf(happened) is { } message) messages.Add(message);
        _events.Clear();
        return messages;
    }

    private static AgentMessage? MessageOf(AgentEvent happened) => happened switch
    {
        AgentMessage message => message,
        AgentSession session => AgentMessage.Notes($"session {session.Id}{(session.Model is { } model ? $", {model}" : "")}"),
        AgentPermissionRequest request => AgentMessage.Notes($"asks for permission to use {request.Tool}: {request.Input}"),
        AgentUsageLimit limit => AgentMessage.Notes(limit.Message, isError: true),
        AgentAnswer { IsError: true, Text: { } text } => AgentMessage.Notes(text, isError: true),
        // The answer was said before, as the agent's last words.
        _ => null,
    };

    private sealed class StderrLines : AgentStreamParser
    {
        public override void Read(ReadOnlySpan<byte> line, ICollection<AgentEvent> events)
        {
            string text = Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaxStderrLine)]).TrimEnd('\r');
            events.Add(new AgentMessage(AgentRole.Cli, AgentMessageKind.Stderr, text));
        }
    }
}
