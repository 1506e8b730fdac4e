"""Music Flamingo and Audio Flamingo 3 in miniature: 57,000 weights, words for tokens, windows of 2 s.

They are built as the real ones are, from the same classes, and nothing is downloaded. What they are good for is to try
a training through, in seconds and on a laptop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

PAD, UNKNOWN, END, SOUND, BEGINS, ENDS = MARKS = (
    "<|pad|>",
    "<|unk|>",
    "<|im_end|>",
    "<sound>",
    "<|sound_bos|>",
    "<|sound_eos|>",
)
# The sound stands before the words of a turn, as in the real ones.
TEMPLATE = (
    "{% for turn in messages %}{{ turn.role }} "
    "{% for part in turn.content if part.type == 'audio' %}<sound> {% endfor %}"
    "{% for part in turn.content if part.type == 'text' %}{{ part.text }} {% endfor %}<|im_end|> {% endfor %}"
    "{% if add_generation_prompt %}assistant {% endif %}"
)
WINDOW_S, RATE_HZ, HOP, MELS = 2, 16_000, 160, 16
# Weights of the size that training usually starts from tell all words alike, and LoRA leaves the last layer as it is.
SPREAD = 0.3


def tiny(family: str, texts: Iterable[str], *, seed: int = 0) -> tuple[Any, Any]:
    """Make a model of a family and its processor.

    Args:
        family: `audioflamingo3` or `musicflamingo`.
        texts: whose words, parted by spaces, the model shall know.
        seed: of its weights.

    Returns:
        The model and its processor.
    """
    import torch
    import transformers

    tokenizer = _tokenizer(texts)
    ids = {name: tokenizer.convert_tokens_to_ids(mark) for name, mark in _IDS[family].items()}
    config, model, processor = (getattr(transformers, _NAMES[family] + part) for part in _PARTS)
    torch.manual_seed(seed)
    made = model(config(audio_config=_hearing(), text_config=_language(tokenizer), **ids))
    extractor = transformers.WhisperFeatureExtractor(
        feature_size=MELS,
        sampling_rate=RATE_HZ,
        hop_length=HOP,
        chunk_length=WINDOW_S,
        n_fft=400,
        return_attention_mask=True,
    )
    return made, processor(feature_extractor=extractor, tokenizer=tokenizer, chat_template=TEMPLATE)


_NAMES = {"audioflamingo3": "AudioFlamingo3", "musicflamingo": "MusicFlamingo"}
_PARTS = ("Config", "ForConditionalGeneration", "Processor")
_IDS = {
    "audioflamingo3": {"audio_token_id": SOUND},
    "musicflamingo": {"audio_token_id": SOUND, "audio_bos_token_id": BEGINS, "audio_eos_token_id": ENDS},
}


def _tokenizer(texts: Iterable[str]) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = sorted({"user", "assistant", *(word for text in texts for word in text.split())} - set(MARKS))
    known = Tokenizer(models.WordLevel({word: at for at, word in enumerate((*MARKS, *words))}, unk_token=UNKNOWN))
    known.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=known,
        pad_token=PAD,
        unk_token=UNKNOWN,
        eos_token=END,
        additional_special_tokens=[SOUND, BEGINS, ENDS],
    )


def _hearing() -> Any:
    from transformers import AudioFlamingo3EncoderConfig

    return AudioFlamingo3EncoderConfig(
        num_mel_bins=MELS,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        hidden_size=40,
        max_source_positions=WINDOW_S * RATE_HZ // HOP // 2,  # its second convolution halves the frames
    )


def _language(tokenizer: Any) -> Any:
    from transformers import Qwen2Config

    return Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        initializer_range=SPREAD,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
