using System.Runtime.InteropServices;
using System.Text.Json;

namespace TrustService.Json;

/// <summary>The only canonical encoder: the form over which signatures and key ids are computed.</summary>
/// <remarks>
/// OLPC canonical JSON: UTF-8, no white space, members ordered by code point, only <c>"</c> and <c>\</c> escaped,
/// integers in decimal. Source: TUF 1.0.34 §4.1. The input must come from <see cref="StrictJson"/>.
/// </remarks>
public static class CanonicalJson
{
    /// <summary>The canonical bytes of <paramref name="element"/>.</summary>
    public static byte[] Encode(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
            throw new ArgumentException("Undefined JSON has no canonical form.", nameof(element));
        var encoder = new Encoder(JsonMarshal.GetRawUtf8Value(element));
        return encoder.Encode();
    }

    /// <summary>One pass over the text. Members are written as they come; only where they are out of order, they are moved afterwards.</summary>
    private ref struct Encoder(ReadOnlySpan<byte> json)
    {
        // Without white space and escapes, nothing becomes longer than it was.
        private readonly byte[] output = GC.AllocateUninitializedArray<byte>(json.Length);
        private readonly ReadOnlySpan<byte> json = json;
        // Of all objects that are open, outermost first.
        private readonly List<Member> members = [];
        private Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        private int length;

        public byte[] Encode()
        {
            reader.Read();
            WriteValue();
            return length == output.Length ? output : output.AsSpan(0, length).ToArray();
        }

        private void WriteValue()
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: WriteObject(); break;
                case JsonTokenType.StartArray: WriteArray(); break;
                case JsonTokenType.String when reader.ValueIsEscaped: WriteString(Unescape()); break;
                case JsonTokenType.String: WriteAsItIs(reader.ValueSpan); break;
                case JsonTokenType.Number: WriteInteger(reader.ValueSpan); break;
                default: Write(reader.ValueSpan); break;
            }
        }

        private void WriteObject()
        {
            var first = members.Count;
            var isOrdered = true;
            Write("{"u8);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var member = new Member(reader.ValueIsEscaped ? Unescape() : null, (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                if (members.Count > first)
                {
                    isOrdered = isOrdered && NameOf(members[^1]).SequenceCompareTo(NameOf(member)) < 0;
                    Write(","u8);
                }
                member.Start = length;
                if (member.Unescaped is { } name)
                    WriteString(name);
                else
                    WriteAsItIs(NameOf(member));
                Write(":"u8);
                reader.Read();
                WriteValue();
                member.End = length;
                members.Add(member);
            }
            if (!isOrdered)
                Order(first);
            members.RemoveRange(first, members.Count - first);
            Write("}"u8);
        }

        private void WriteArray()
        {
            Write("["u8);
            for (var isFirst = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; isFirst = false)
            {
                if (!isFirst)
                    Write(","u8);
                WriteValue();
            }
            Write("]"u8);
        }

        // The order of UTF-8 bytes is the order of code points; UTF-16 order is not.
        private readonly void Order(int first)
        {
            var sorted = new (byte[] Name, int Start, int End)[members.Count - first];
            for (var i = 0; i < sorted.Length; i++)
                sorted[i] = (NameOf(members[first + i]).ToArray(), members[first + i].Start, members[first + i].End);
            Array.Sort(sorted, static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
            var at = members[first].Start;
            var written = output.AsSpan(at, length - at).ToArray();
            var target = output.AsSpan(at);
            foreach (var (_, start, end) in sorted)
            {
                if (target.Length < output.Length - at)
                {
                    target[0] = (byte)',';
                    target = target[1..];
                }
                written.AsSpan(start - at, end - start).CopyTo(target);
                target = target[(end - start)..];
            }
        }

        private readonly ReadOnlySpan<byte> NameOf(Member member) => member.Unescaped ?? json.Slice(member.NameStart, member.NameLength);

        private readonly byte[] Unescape()
        {
            var bytes = new byte[reader.ValueSpan.Length];
            return bytes.AsSpan(0, reader.CopyString(bytes)).ToArray();
        }

        // Text that was written without escapes needs none.
        private void WriteAsItIs(ReadOnlySpan<byte> utf8)
        {
            Write("\""u8);
            Write(utf8);
            Write("\""u8);
        }

        private void WriteString(ReadOnlySpan<byte> utf8)
        {
            Write("\""u8);
            while (utf8.IndexOfAny((byte)'"', (byte)'\\') is var at && at >= 0)
            {
                Write(utf8[..at]);
                Write("\\"u8);
                Write(utf8.Slice(at, 1));
                utf8 = utf8[(at + 1)..];
            }
            Write(utf8);
            Write("\""u8);
        }

        private void WriteInteger(ReadOnlySpan<byte> digits)
        {
            if (digits.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0)
                throw new ArgumentException("A number that is not an integer has no canonical form.");
            Write(digits.SequenceEqual("-0"u8) ? "0"u8 : digits);
        }

        private void Write(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(output.AsSpan(length));
            length += bytes.Length;
        }
    }

    // Where a member stands: its name in the text (or without its escapes), and all of it in the output.
    private record struct Member(byte[]? Unescaped, int NameStart, int NameLength)
    {
        public int Start { get; set; }

        public int End { get; set; }
    }
}
