using Errand.Mcp.Wire;

namespace Errand.Cli;

/// <summary>Prints what a job has written, byte for byte, each stream where it belongs.</summary>
internal sealed class OutputPrinter(CliEdges edges) : IDisposable
{
    private readonly Stream _out = edges.OpenOut();
    private readonly Stream _error = edges.OpenError();

    public void Print(WireOutput output, string? only = null)
    {
        byte[] bytes = output.ToBytes();
        int at = 0;
        foreach (var chunk in output.Chunks ?? [])
        {
            if (only is null || only == chunk.Stream) (chunk.Stream == "out" ? _out : _error).Write(bytes, at, chunk.Length);
            at += chunk.Length;
        }
        _out.Flush();
        _error.Flush();
    }

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }
}
